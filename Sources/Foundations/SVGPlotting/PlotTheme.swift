/// Colours and faces of a plot, for a light and a dark page.
///
/// The eight colours are those of M. Okabe and K. Ito, "Color Universal Design" (2008), which people tell apart whatever their eyes,
/// darkened for a light page where they would be faint; a series has a dash pattern of its own besides, so that a picture printed in grey
/// can be read too.
enum PlotTheme {
    static let light = ["#0072b2", "#d55e00", "#007d5c", "#b0528a", "#8a6d00", "#2a8fc4", "#444444", "#7a3e9d"]
    static let dark = ["#56b4e9", "#ff9d5c", "#2fc79a", "#e29cc4", "#f0e442", "#8ed1ff", "#cccccc", "#c79be8"]
    static let dashes = ["", "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "1 2", "9 3 2 3 2 3"]

    /// The style sheet: plain rules first, for renderers that know no dark pages.
    static func style(series: Int) -> String {
        let face = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
        var lines = [
            ".page{fill:#ffffff}", "text{\(face);font-size:12px;fill:#24292f}", ".title{font-size:15px;font-weight:600}",
            ".quiet{fill:#57606a}", ".grid{stroke:#d8dee4;stroke-width:1;fill:none}", ".axis{stroke:#8c959f;stroke-width:1;fill:none}",
            ".line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}", ".dot{stroke:none}",
        ]
        var night = [
            ".page{fill:#0d1117}", "text{fill:#e6edf3}", ".quiet{fill:#9198a1}", ".grid{stroke:#2b313a}", ".axis{stroke:#656c76}",
        ]
        for index in 0..<min(series, light.count) {
            lines.append(".s\(index){stroke:\(light[index])}.f\(index){fill:\(light[index])}")
            night.append(".s\(index){stroke:\(dark[index])}.f\(index){fill:\(dark[index])}")
        }
        return "<style>" + lines.joined() + "@media (prefers-color-scheme:dark){" + night.joined() + "}</style>"
    }
}
