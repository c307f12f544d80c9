import AWSCore
import Jobs
import S3

/// Reads in which parts an object was uploaded.
struct SourceParts: Sendable {
    let store: any ObjectStore
    let object: ObjectReference
    let head: HeadObjectOutput
    let payer: Payer

    /// How many requests are under way at a time.
    private static let parallelism = 64

    /// The sizes of all parts; `nil` where the object has none, or the store does not tell them.
    ///
    /// Every part but the last is asked for. Where there are many: when the first and the last part show that all parts are of
    /// one size, those between are not asked. Should they not be, the copy has another ETag than its source, and is
    /// proven by another proof.
    ///
    /// - Throws: `AWSError` when it is cancelled.
    func sizes() async throws(AWSError) -> [Int64]? {
        guard let count = ObjectProof.partCount(eTag: head.eTag), count <= TransferLimits.mostParts,
            let first = try await size(of: 1, of: count)
        else { return nil }
        if count == 1 { return [first] }
        if count > Self.parallelism, let last = try await size(of: count, of: count),
            let inner = Self.product(first, Int64(count - 1)), inner < head.contentLength,
            head.contentLength - inner == last, last <= first
        {
            return Array(repeating: first, count: count - 1) + [last]
        }
        return try await rest(after: first, of: count)
    }

    private static func product(_ one: Int64, _ other: Int64) -> Int64? {
        let (product, overflow) = one.multipliedReportingOverflow(by: other)
        return overflow ? nil : product
    }

    private func rest(after first: Int64, of count: Int) async throws(AWSError) -> [Int64]? {
        var sizes = [Int64?](repeating: nil, count: count)
        sizes[0] = first
        let results = await withTaskGroup(of: (Int, Result<Int64?, AWSError>).self) { group in
            var results: [(Int, Result<Int64?, AWSError>)] = []
            var next = 2
            while next < count, next <= Self.parallelism {
                begin(next, of: count, in: &group)
                next += 1
            }
            while let result = await group.next() {
                results.append(result)
                guard case .success(.some) = result.1 else {
                    group.cancelAll()
                    break
                }
                if next < count { begin(next, of: count, in: &group) }
                next += 1
            }
            return results
        }
        for (number, result) in results {
            guard let size = try result.get() else { return nil }
            sizes[number - 1] = size
        }
        // The last part is what the others leave.
        let known = sizes.dropLast().compactMap(\.self)
        let last = known.reduce(head.contentLength, &-)
        return known.count == count - 1 && (1...TransferLimits.largestPart).contains(last) ? known + [last] : nil
    }

    private func begin(
        _ number: Int, of count: Int, in group: inout TaskGroup<(Int, Result<Int64?, AWSError>)>
    ) {
        group.addTask { (number, await answer(for: number, of: count)) }
    }

    /// The size of one part, or why it is not known.
    ///
    /// A function of its own: inlined in the task, Swift 6.3's optimizer loses the number of the part.
    private func answer(for number: Int, of count: Int) async -> Result<Int64?, AWSError> {
        do {
            return .success(try await size(of: number, of: count))
        } catch {
            return .failure(error)
        }
    }

    /// The size of one part; `nil` when the store does not say it, or speaks of other parts than the ETag does.
    private func size(of number: Int, of count: Int) async throws(AWSError) -> Int64? {
        var request = HeadObjectRequest(object)
        request.partNumber = number
        request.withChecksum = false
        request.requesterPays = payer == .requester
        do {
            let part = try await store.head(request)
            return part.partsCount == count && part.eTag == head.eTag ? part.contentLength : nil
        } catch  where error.isCancellation {
            throw error
        } catch {
            return nil
        }
    }
}
