internal import AWSCore
internal import Archives
internal import HTTPTransport

/// Why an archive or a member of it cannot be read or restored.
public struct ExtractionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What sort of failure it is.
    public enum Code: String, Sendable, Equatable {
        /// The input is wrong, or something is not there.
        case input
        /// S3 does not let the caller look at it; to those who may not list it says so of what is not there, too.
        case denied
        /// What was read is not what was archived.
        case damaged
        /// The place that a member would go to is taken, or not below the target.
        case refused
        /// The archive lies in a storage class that must be restored first.
        case cold
        /// The same may well succeed later.
        case transient
    }

    /// What sort of failure it is.
    public var code: Code
    /// One line: the object, the step and what to do.
    public var description: String

    /// Makes an error.
    public init(_ description: String, _ code: Code = .input) {
        self.description = description
        self.code = code
    }

    /// What any error means to whoever restores.
    init(_ error: any Error, of subject: String) {
        switch error {
        case let error as ExtractionError: self = error
        case let error as ArchiveError:
            self.init("\(subject): \(error)", error.code == .outOfMemory ? .transient : .damaged)
        case let error as AWSError: self.init(error)
        case is CancellationError: self.init("\(subject): interrupted", .transient)
        default: self.init("\(subject): \(error)", error is HTTPError ? .transient : .input)
        }
    }

    private init(_ error: AWSError) {
        switch error.code {
        case "InvalidObjectState":
            self.init("\(error.subject) is in a cold storage class; --restore Standard --days 7 asks for it", .cold)
        case "PreconditionFailed":
            self.init("\(error.subject) was replaced while it was read; run the same command again", .transient)
        default:
            let passes = error.isTransient || error.isCancellation
            self.init("\(error)", passes ? .transient : error.status == 403 ? .denied : .input)
        }
    }
}
