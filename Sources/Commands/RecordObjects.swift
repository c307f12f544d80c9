import AWSCore
import Console
import FoundationEssentials
import HTTPTransport
import Jobs
import S3

/// Keeps lines in S3, which does not append, as a series of objects: `r.jsonl`, `r-0002.jsonl` and so on.
///
/// Each holds at most 16 MiB and a line more. Of a series below a prefix each also holds at most a minute, so that little
/// is lost with a process that is killed.
final class RecordObjects {
    private let first: ObjectReference
    private let s3: S3Client
    private let age: Duration?
    private var number = 0
    private var pending: [UInt8] = []
    private var since = ContinuousClock.now

    /// How many bytes an object holds.
    static let size = 16 << 20
    /// How long an object below a prefix is filled.
    static let age = Duration.seconds(60)

    /// Makes a series.
    ///
    /// - Parameters:
    ///   - first: The first object; one that is there is replaced.
    ///   - age: How long an object is filled; `nil` for as long as it takes.
    ///   - s3: What stores it.
    init(first: ObjectReference, age: Duration?, s3: S3Client) {
        self.first = first
        self.age = age
        self.s3 = s3
    }

    /// Adds a line, and gives back what is to be stored now, if it is.
    func add(_ line: [UInt8]) -> Due? {
        if pending.isEmpty { since = .now }
        pending += line
        let isOld = age.map { ContinuousClock.now - since >= $0 } ?? false
        return pending.count >= Self.size || isOld ? due() : nil
    }

    /// What is still to be stored; a series without a line is one empty object.
    func rest() -> Due? { pending.isEmpty && number > 0 ? nil : due() }

    private func due() -> Due {
        number += 1
        defer { pending = [] }
        return Due(object: Self.object(number, of: first), bytes: pending, s3: s3)
    }

    /// The object of a number in a series.
    static func object(_ number: Int, of first: ObjectReference) -> ObjectReference {
        guard number > 1 else { return first }
        let suffix = ".jsonl"
        let isNamed = first.key.hasSuffix(suffix)
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        var object = first
        object.key =
            "\(isNamed ? String(first.key.dropLast(suffix.count)) : first.key)-\(padded)\(isNamed ? suffix : "")"
        return object
    }

    /// Lines that are to be stored.
    struct Due: Sendable, Equatable {
        let object: ObjectReference
        let bytes: [UInt8]
        fileprivate let s3: S3Client

        static func == (one: Due, other: Due) -> Bool { one.object == other.object && one.bytes == other.bytes }

        /// Stores them, also in a task that is cancelled; what S3 does not take goes to standard error, so that no record
        /// is lost.
        func store() async throws {
            let (s3, request) = (s3, PutObjectRequest(object, body: .bytes(bytes)))
            let stored = await uncancelled { () -> Result<Void, AWSError> in
                do throws(AWSError) {
                    _ = try await s3.putObject(request)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }
            guard case .failure(let error) = stored else { return }
            try? Descriptor.standardError.print(bytes)
            throw UsageError("\(object): the records above could not be stored: \(error)")
        }
    }
}
