import Glibc
import Synchronization
import Testing

@testable import Console

@Suite struct DescriptorTests {
    /// Answers each call in turn from a script, and keeps what was written.
    final class Pipe: Sendable {
        let written = Mutex<[UInt8]>([])
        let script: Mutex<[(count: Int, errno: Int32)]>
        init(_ script: [(count: Int, errno: Int32)]) { self.script = Mutex(script) }

        var descriptor: Descriptor {
            Descriptor(-1) { [self] _, bytes in
                let answer = script.withLock { $0.isEmpty ? (count: 0, errno: EIO) : $0.removeFirst() }
                written.withLock { $0 += bytes.prefix(max(0, answer.count)) }
                return answer
            }
        }
    }

    @Test func writesOnAfterPartsAndInterruptions() throws {
        let pipe = Pipe([(2, 0), (-1, EINTR), (-1, EAGAIN), (3, 0)])
        try pipe.descriptor.print("hello")
        #expect(pipe.written.withLock { $0 } == Array("hello".utf8))
    }

    @Test(arguments: [(EPIPE, Descriptor.WriteError.closed), (ENOSPC, .failed(errno: ENOSPC))])
    func saysWhyItCannotWrite(_ number: Int32, _ error: Descriptor.WriteError) {
        #expect(throws: error) { try Pipe([(-1, number)]).descriptor.print("hello") }
    }
}
