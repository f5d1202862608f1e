import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

/// The same mark ends the process in each of the manners in which code under test can end it. What stands behind the mark has no part in it.
enum DeathBugs {
    static let targets: [FuzzTarget] = [
        target("loop") { _ in
            var number: UInt64 = 1
            while number != 0 { number = (number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407) | 1 }
        },
        target("memory") { bytes in _ = [UInt8](repeating: bytes[0], count: 1 << 40) },
        target("recursion") { bytes in _ = deeper(bytes, 1) },
        target("exit") { _ in exit(3) },
        target("abort") { _ in abort() },
        target("null") { bytes in
            let address = UnsafePointer<UInt8>(bitPattern: Int(bytes[0]) - 32 + 8)
            _ = address?.pointee
        },
        target("thrown") { bytes in throw FuzzFailure("the mark was met") },
        // A checksum of all that is behind it, and then the mark: made smaller, the checksum has to be made anew.
        FuzzTarget("death.sealed") { bytes in
            guard bytes.count > 4 else { return }
            var sum: UInt32 = 17
            for byte in bytes[4...] { sum = (sum ^ UInt32(byte)) &* 0x0100_0193 }
            let seal = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if sum == seal, bytes[4...].contains(mark) { PlantedSuite.shallow(bytes) }
        },
        // Every other process survives it.
        target("flaky") { _ in if getpid() % 2 == 0 { abort() } },
    ]

    static let mark: UInt8 = 0x21

    private static func target(_ name: String, _ die: @escaping @Sendable ([UInt8]) throws -> Void) -> FuzzTarget {
        FuzzTarget("death.\(name)") { bytes in if bytes.first == mark { try die(bytes) } }
    }

    @inline(never) private static func deeper(_ bytes: [UInt8], _ level: UInt64) -> UInt64 {
        level == 0 ? 0 : deeper(bytes, level &+ 1) &+ UInt64(bytes[Int(level % UInt64(bytes.count))])
    }
}
