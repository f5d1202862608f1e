import Benchmarking
import Glibc

/// Bodies whose cost is known.
enum Workload {
    static let steps = 20_000

    @inline(never)
    static func arithmetic(steps: Int) -> Int {
        var state = opaque(1)
        var left = steps
        while left > 0 {
            state = state &* 0x5851_F42D_4C95_7F2D &+ 1
            left &-= 1
        }
        return state
    }

    /// Forty objects and their array, made when it is first asked for.
    static let table: [Entry] = (0..<opaque(40)).map { Entry(number: $0) }

    final class Entry: Sendable {
        let number: Int
        init(number: Int) { self.number = number }
    }

    /// So many calls of malloc, each released.
    @inline(never)
    static func allocate(_ count: Int) -> Int {
        var left = count
        while left > 0 {
            let block = malloc(24)
            blackHole(Int(bitPattern: block))
            free(block)
            left &-= 1
        }
        return count
    }

    static func hang(noting path: String) {
        let child = spawnSleeper()
        guard let file = fopen(path, "w") else { return }
        fputs("\(getpid()) \(child)\n", file)
        fclose(file)
        while true { pause() }
    }

    /// A child that sleeps longer than any test.
    private static func spawnSleeper() -> pid_t {
        var child: pid_t = 0
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("600"), nil]
        defer { for word in words { free(word) } }
        return posix_spawnp(&child, "sleep", nil, nil, words, environ) == 0 ? child : -1
    }
}
