internal import AWSCore
public import Manifests

/// Decides of each row whether a filter takes it; what it says of one does not depend on those before.
public struct Sieve: Sendable {
    /// What becomes of a row.
    public enum Verdict: String, Sendable, CaseIterable {
        /// It is taken.
        case taken
        /// It is a delete marker: there is nothing to archive.
        case deleteMarker = "delete_marker"
        /// It is not the current version, and only those are asked for.
        case notCurrent = "not_current"
        /// It cannot be read before it is restored, and its storage class is not asked for.
        case archived
        /// The filter does not want it.
        case filtered
    }

    private let filter: ObjectFilter
    private let now: Int64
    private let prefix: [UInt8]
    private let patterns: [Glob]
    private let storageClasses: [[UInt8]]?
    private let archived = ObjectFilter.archived.map { Array($0.utf8) }

    /// Makes a sieve.
    ///
    /// - Parameters:
    ///   - filter: What is taken.
    ///   - now: The moment from which ages are counted back, in seconds since 1970.
    public init(_ filter: ObjectFilter, now: Int64) {
        self.filter = filter
        self.now = now
        prefix = Array(filter.prefix.utf8)
        patterns = filter.patterns.compactMap { Glob($0) }
        storageClasses = filter.storageClasses.map { $0.map { Array($0.utf8) } }
    }

    /// What becomes of a row.
    ///
    /// - Throws: `GroupingError` where the manifest does not say what the filter asks.
    public func verdict(_ row: RowBytes) throws(GroupingError) -> Verdict {
        if row.isDeleteMarker { return .deleteMarker }
        if !row.isLatest, !filter.allVersions { return .notCurrent }
        guard prefix.isEmpty || row.key.starts(with: prefix) else { return .filtered }
        guard filter.patterns.isEmpty || fits(row.key) else { return .filtered }
        guard try hasRightSize(row), try hasRightAge(row) else { return .filtered }
        if let storageClasses {
            return storageClasses.contains(row.storageClass.isEmpty ? Self.standard : row.storageClass)
                ? .taken : .filtered
        }
        return archived.contains(row.storageClass) ? .archived : .taken
    }

    private func fits(_ key: [UInt8]) -> Bool {
        let text = String(decoding: key, as: UTF8.self)
        return patterns.contains { $0.matches(text) }
    }

    private static let standard = Array("STANDARD".utf8)

    private func hasRightSize(_ row: RowBytes) throws(GroupingError) -> Bool {
        guard filter.minimumSize != nil || filter.maximumSize != nil else { return true }
        guard let size = row.size else { throw row.lacks("size", column: "Size") }
        return size >= filter.minimumSize ?? 0 && size <= filter.maximumSize ?? .max
    }

    private func hasRightAge(_ row: RowBytes) throws(GroupingError) -> Bool {
        guard filter.olderThan != nil || filter.newerThan != nil else { return true }
        let age = now &- (try row.modified())
        return age >= filter.olderThan ?? .min && age <= filter.newerThan ?? .max
    }
}

extension RowBytes {
    /// The time of the last change in seconds since 1970.
    func modified() throws(GroupingError) -> Int64 {
        guard !lastModified.isEmpty else { throw lacks("time of the last change", column: "LastModifiedDate") }
        let text = String(decoding: lastModified, as: UTF8.self)
        guard let time = Int64(timestamp: text) else {
            throw GroupingError("\(uri): its time of the last change is \(text), not one such as 2026-01-05T10:00:00Z")
        }
        return time
    }

    fileprivate func lacks(_ what: String, column: String) -> GroupingError {
        GroupingError(
            "\(uri): the manifest does not say its \(what); leave out the flag that asks for it, or give an inventory "
                + "with the column \(column)")
    }

    private var uri: String {
        "s3://\(String(decoding: bucket, as: UTF8.self))/\(String(decoding: key, as: UTF8.self))"
    }
}
