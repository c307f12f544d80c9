internal import AWSCore

extension S3Client {
    /// What a listing operation lists, page by page.
    func pages<Operation: S3Operation, Element, Marker>(
        _ operation: Operation, subject: String, continueAt: @escaping @Sendable (inout Operation, Marker) -> Void
    ) -> PagedSequence<Element, Marker> where Operation.Output == PagedSequence<Element, Marker>.Page {
        PagedSequence(operation: Operation.name, subject: subject) { marker throws(AWSError) in
            var page = operation
            if let marker { continueAt(&page, marker) }
            return try await perform(page)
        }
    }
}
