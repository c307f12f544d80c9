public import AWSCore
internal import Archives
internal import HTTPTransport

/// Why an object could not be archived, or a bundle not be made.
public struct BundleFailure: Error, Sendable, Equatable {
    /// Whether it may succeed when it is tried again as it is.
    public var mayPass: Bool
    /// What failed: an operation of S3, or a step of the bundle.
    public var step: String
    /// What happened, in one line.
    public var message: String
    /// What to do about it, in one line.
    public var advice: String?
    /// S3's code.
    public var code: String?
    /// S3's id of the request.
    public var requestId: String?

    init(_ step: String, _ message: String, code: String? = nil, advice: String? = nil, mayPass: Bool = false) {
        self.step = step
        self.message = message
        self.code = code
        self.advice = advice
        self.mayPass = mayPass
    }

    /// Tells what an error of S3 means for an object or a bundle.
    public init(_ error: AWSError) {
        step = error.operation
        message = "\(error)"
        code = error.code
        requestId = error.service?.requestId
        mayPass = error.isTransient || error.isThrottling || error.isCancellation
        if error.isCancellation { message = Self.stopped }
        advice = mayPass ? "try again" : Self.advice(for: error)
    }

    /// Tells what any error means for a bundle.
    init(any error: any Error) {
        switch error {
        case let failure as BundleFailure: self = failure
        case let error as AWSError: self.init(error)
        case let error as HTTPError:
            // As a request's error does: the manifest's body comes after its request.
            self.init(AWSError(.transport(error), operation: "GetObject", subject: "of the manifest", attempts: 1))
        case is CancellationError: self.init("Bundle", Self.stopped, mayPass: true)
        case let error as ArchiveError: self.init("Archive", "\(error)")
        default: self.init("Manifest", "\(error)")
        }
    }

    private static let stopped = "stopped before it was finished"

    private static func advice(for error: AWSError) -> String? {
        switch error.code {
        case "AccessDenied", "Forbidden":
            "allow \(permissions(for: error.operation)) on it, and the use of its KMS key where it has one"
        case "NoSuchBucket": "check the bucket's name"
        case "PreconditionFailed": "write a new manifest: it changed since this one was written"
        case "NoSuchKey", "NoSuchVersion", "NotFound": "nothing: it is gone"
        case "InvalidObjectState": "restore it from its archive class first"
        default: nil
        }
    }

    private static func permissions(for operation: String) -> String {
        switch operation {
        case "HeadObject", "GetObject": "s3:GetObject (s3:GetObjectVersion for a version)"
        case "GetObjectTagging": "s3:GetObjectTagging (s3:GetObjectVersionTagging for a version)"
        case "DeleteObjects", "DeleteObject": "s3:DeleteObject (s3:DeleteObjectVersion for a version)"
        default: "s3:PutObject, s3:PutObjectTagging, s3:PutObjectRetention where tags or locks are set"
        }
    }
}
