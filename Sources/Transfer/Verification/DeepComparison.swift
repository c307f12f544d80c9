import AWSCore
import Glibc
import S3

/// Reads two objects in ranges and compares their bytes; memory does not grow with the objects.
struct DeepComparison: Sendable {
    let store: any ObjectStore
    let one: ObjectReference
    let oneETag: String
    let other: ObjectReference
    let otherETag: String
    let size: Int64
    let payer: Payer

    /// How long a range is, in bytes: long enough for the request not to matter, S3's advice being 8 to 16 MB (S3 User
    /// Guide, "Performance guidelines").
    static let rangeSize: Int64 = 16 << 20
    /// How many ranges are compared at a time; each holds a chunk of both objects.
    private static let parallelism = 8
    private static let tries = 3

    /// The offset of the first byte known to differ; `nil` when none does.
    func firstDifference() async throws(AWSError) -> Int64? {
        let outcome = await withTaskGroup(of: Result<Int64?, AWSError>.self) { group in
            var start: Int64 = 0
            func begin() {
                guard start < size else { return }
                let range = start...(min(start + Self.rangeSize, size) - 1)
                start = range.upperBound + 1
                group.addTask {
                    do throws(AWSError) {
                        return .success(try await difference(in: range))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for _ in 0..<Self.parallelism { begin() }
            var outcome: Result<Int64?, AWSError> = .success(nil)
            while let result = await group.next() {
                guard case .success(nil) = result else {
                    outcome = result
                    group.cancelAll()
                    break
                }
                begin()
            }
            return outcome
        }
        return try outcome.get()
    }

    /// Compares a range; it is read again from its start when a connection breaks.
    private func difference(in range: ClosedRange<Int64>) async throws(AWSError) -> Int64? {
        var tries = 0
        while true {
            do throws(AWSError) {
                return try await compare(range)
            } catch {
                tries += 1
                guard error.isTransient, tries < Self.tries else { throw error }
            }
        }
    }

    private func compare(_ range: ClosedRange<Int64>) async throws(AWSError) -> Int64? {
        let streams = (
            try await store.read(one, range: range, eTag: oneETag, payer: payer),
            try await store.read(other, range: range, eTag: otherETag, payer: payer)
        )
        var left: ArraySlice<UInt8> = []
        var right: ArraySlice<UInt8> = []
        var offset = range.lowerBound
        while offset <= range.upperBound {
            if left.isEmpty { left = try await chunk(of: streams.0, from: one) }
            if right.isEmpty { right = try await chunk(of: streams.1, from: other) }
            let count = min(left.count, right.count)
            if !Self.isEqual(left, right, count: count) {
                return offset + Int64(zip(left, right).prefix { $0.0 == $0.1 }.count)
            }
            left = left.dropFirst(count)
            right = right.dropFirst(count)
            offset += Int64(count)
        }
        return nil
    }

    /// Whether the first `count` bytes, which both have, are the same; `memcmp` reads them within the call.
    private static func isEqual(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, count: Int) -> Bool {
        left.withUnsafeBytes { left in
            right.withUnsafeBytes { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return count == 0 }
                return memcmp(left, right, count) == 0
            }
        }
    }

    private func chunk(of stream: ByteStream, from object: ObjectReference) async throws(AWSError) -> ArraySlice<UInt8>
    {
        guard let chunk = try await stream.next() else {
            throw AWSError(
                .malformedResponse("the body ended before the range did"), operation: "GetObject",
                subject: "\(object)", attempts: 1)
        }
        return chunk[...]
    }
}
