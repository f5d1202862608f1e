// Tree of nodes by parent index: u16 big-endian length of the rest, then bit-packed nodes (4 bits parent high,
// 4 bits kind). Loops of one and two nodes are refused; a loop of three recurses until the stack ends.
// Minimal input: 6 bytes.
private struct Node {
    var parent: Int
    var kind: UInt8
}
private func path(_ nodes: [Node], _ at: Int, _ out: inout [UInt8]) {
    if nodes[at].kind != 15 { path(nodes, nodes[at].parent, &out) }  // planted: no bound
    out.append(nodes[at].kind)
    if out.count > 4_096 { out.removeAll() }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n >= 4, n <= 18, Int(b[0]) << 8 | Int(b[1]) == n - 2 else { return 0 }
    let nodes = b[2...].map { Node(parent: Int($0 >> 4), kind: $0 & 15) }
    guard nodes.contains(where: { $0.kind == 15 }) else { return 0 }
    for (i, node) in nodes.enumerated() where node.kind != 15 {
        guard node.parent < nodes.count, node.parent != i else { return 0 }
        let above = nodes[node.parent]
        guard above.kind == 15 || above.parent != i else { return 0 }
        guard above.kind >= node.kind else { return 0 }  // kinds rise towards the root
    }
    var out: [UInt8] = []
    for i in nodes.indices { path(nodes, i, &out) }
    return out.last == 7 && out.count == 9 ? 1 : 0
}
