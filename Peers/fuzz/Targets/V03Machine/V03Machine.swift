// Program of a small stack machine: 9c, version, length of the code, code that ends with halt; jumps go forward only.
// Bug: `pick` may name the place just below the stack. Minimal input: 8 bytes 9c 01 05 10 10 10 43 00.
private struct Machine {
    var stack: [UInt32] = []
    mutating func run(_ code: ArraySlice<UInt8>) -> Bool {
        var at = code.startIndex
        while at < code.endIndex {
            let argument = Int(code[at] & 15)
            let operation = code[at] >> 4
            at += 1
            switch operation {
            case 0: return argument == 0
            case 1: stack.append(UInt32(argument))
            case 2:
                guard stack.count >= 2, let a = stack.popLast(), let b = stack.popLast() else { return false }
                stack.append(argument == 0 ? a &+ b : a &* b)
            case 3:
                guard let top = stack.last else { return false }
                stack.append(top << UInt32(argument))
            case 4:
                guard stack.count >= 3, argument <= stack.count else { return false }
                stack.append(stack[stack.count - 1 - argument])  // planted: one too deep
            case 5:
                guard let condition = stack.popLast() else { return false }
                if condition == 0 { at += argument }
            default: return false
            }
        }
        return false
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let b = UnsafeBufferPointer(start: p, count: n)
    guard n >= 4, n <= 200, b[0] == 0x9c, b[1] == 1, Int(b[2]) == n - 3, b[n - 1] == 0 else { return 0 }
    var machine = Machine()
    guard machine.run(Array(b)[3...]) else { return 0 }
    return machine.stack == [7, 77, 777] ? 1 : 0
}
