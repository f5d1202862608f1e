import Glibc

/// The descriptors one run has open, so that every way out of it, thrown errors too, closes all of them.
///
/// A class, since the run's closures share it; used by one thread only.
final class DescriptorSet {
    private var open: [Int32] = []

    /// Takes a descriptor over.
    @discardableResult
    func adopt(_ descriptor: Int32) -> Int32 {
        open.append(descriptor)
        return descriptor
    }

    func close(_ descriptor: Int32) {
        guard let index = open.firstIndex(of: descriptor) else { return }
        open.remove(at: index)
        // Not repeated on EINTR: Linux has released the number by then (close(2)).
        Glibc.close(descriptor)
    }

    func closeAll() {
        for descriptor in open { Glibc.close(descriptor) }
        open.removeAll()
    }
}
