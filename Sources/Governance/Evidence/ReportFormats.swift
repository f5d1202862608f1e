/// shim
public enum ReportFormats {
    public static let all: [any ReportReader.Type] = []
    public static func reader(named: String) -> (any ReportReader.Type)? { nil }
}
