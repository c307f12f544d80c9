/// Elements that a service lists page by page: a page is fetched when the one before it has been read, and let go then.
///
/// A service that gives a marker for the second time would be asked for ever; that ends in an error instead.
public struct PagedSequence<Element: Sendable, Marker: Sendable & Equatable>: AsyncSequence, Sendable {
    /// What ends the sequence early.
    public typealias Failure = AWSError

    /// One reply of the service.
    public struct Page: Sendable {
        /// What it lists.
        public var elements: [Element]
        /// Where the next page begins; `nil` on the last.
        public var next: Marker?

        /// Makes a page.
        public init(elements: [Element], next: Marker?) {
            self.elements = elements
            self.next = next
        }
    }

    private let operation: String
    private let subject: String
    private let fetch: @Sendable (Marker?) async throws(AWSError) -> Page

    /// Makes a sequence.
    ///
    /// - Parameters:
    ///   - operation: The operation, for errors.
    ///   - subject: What is listed, for errors.
    ///   - fetch: Gives the page at a marker; the first for `nil`.
    public init(
        operation: String, subject: String, fetch: @escaping @Sendable (Marker?) async throws(AWSError) -> Page
    ) {
        self.operation = operation
        self.subject = subject
        self.fetch = fetch
    }

    /// Makes a reader, which begins with the first page.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(sequence: self) }

    /// Reads the elements.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let sequence: PagedSequence
        private var elements: [Element].Iterator = [].makeIterator()
        private var marker: Marker?
        private var guardian = RepetitionGuard<Marker>()
        private var isAtEnd = false

        fileprivate init(sequence: PagedSequence) { self.sequence = sequence }

        /// The next element; `nil` at the end.
        ///
        /// - Throws: `AWSError` when a page could not be fetched or its marker repeats.
        public mutating func next() async throws(AWSError) -> Element? {
            while true {
                if let element = elements.next() { return element }
                guard !isAtEnd else { return nil }
                try await turnPage()
            }
        }

        /// The next element; `nil` at the end.
        ///
        /// - Throws: `AWSError` when a page could not be fetched or its marker repeats.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AWSError) -> Element? {
            try await next()
        }

        private mutating func turnPage() async throws(AWSError) {
            let page = try await sequence.fetch(marker)
            elements = page.elements.makeIterator()
            marker = page.next
            guard let marker else { return isAtEnd = true }
            guard guardian.admits(marker) else {
                isAtEnd = true
                throw AWSError(
                    .malformedResponse("the listing does not end: the same marker came twice"),
                    operation: sequence.operation, subject: sequence.subject, attempts: 1)
            }
        }
    }
}

/// Finds out that a run of values goes in a circle, of whatever length, by keeping one of them
/// (Brent's algorithm: https://en.wikipedia.org/wiki/Cycle_detection).
struct RepetitionGuard<Value: Equatable> {
    private var kept: Value?
    private var steps = 0
    private var limit = 1

    /// Whether the value differs from the one that is kept.
    mutating func admits(_ value: Value) -> Bool {
        guard value != kept else { return false }
        steps += 1
        if steps == limit {
            kept = value
            steps = 0
            limit &*= 2
        }
        return true
    }
}
