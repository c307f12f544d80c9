import HTTPTransport
import Testing

@testable import AWSCore

/// Listings that are fetched page by page.
@Suite struct PagedSequenceTests {
    typealias Pages = PagedSequence<Int, Int>

    static func sequence(
        _ fetched: Locked<[Int?]>, _ page: @escaping @Sendable (Int?) throws(AWSError) -> Pages.Page
    ) -> Pages {
        Pages(operation: "List", subject: "s3://b") { marker throws(AWSError) in
            fetched.withLock { $0.append(marker) }
            return try page(marker)
        }
    }

    @Test func fetchesAPageOnlyWhenItIsWanted() async throws {
        let fetched = Locked<[Int?]>([])
        let sequence = Self.sequence(fetched) { marker in
            let first = marker ?? 0
            return .init(elements: first == 2 ? [] : [first, first], next: first < 4 ? first + 1 : nil)
        }
        var iterator = sequence.makeAsyncIterator()
        #expect(try await iterator.next() == 0)
        #expect(fetched.withLock { $0 } == [nil])
        var rest: [Int] = []
        while let element = try await iterator.next() { rest.append(element) }
        #expect(rest == [0, 1, 1, 3, 3, 4, 4])
        #expect(try await iterator.next() == nil)
        #expect(fetched.withLock { $0 } == [nil, 1, 2, 3, 4])
    }

    @Test(arguments: [(1, 0), (1, 7), (2, 0), (3, 5), (10, 3)])
    func endsACircle(length: Int, lead: Int) async {
        let fetched = Locked<[Int?]>([])
        let sequence = Self.sequence(fetched) { marker in
            let next = (marker ?? 0) + 1
            return .init(elements: [], next: next > lead + length ? lead + 1 : next)
        }
        let error = await #expect(throws: AWSError.self) { for try await _ in sequence {} }
        #expect(error?.description.contains("does not end") == true)
        #expect(fetched.withLock { $0.count } <= 4 * (lead + length) + 4)
    }

    @Test func endsWithThePageThatFailed() async throws {
        let fetched = Locked<[Int?]>([])
        let sequence = Self.sequence(fetched) { marker throws(AWSError) in
            guard marker == nil else { throw AWSError(.cancelled, operation: "List", subject: "", attempts: 1) }
            return .init(elements: [1], next: 2)
        }
        var seen: [Int] = []
        let error = await #expect(throws: AWSError.self) { for try await element in sequence { seen.append(element) } }
        #expect(error?.isCancellation == true)
        #expect(seen == [1])
    }
}
