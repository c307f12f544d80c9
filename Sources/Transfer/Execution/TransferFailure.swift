import AWSCore

/// Why a transfer did not end in a proven destination.
public struct TransferFailure: Error, Sendable {
    /// Whether it may succeed when it is tried again as it is.
    public var mayPass: Bool
    /// What failed: an operation of S3, or a step of the transfer.
    public var step: String
    /// What happened, in one line.
    public var message: String
    /// What to do about it, in one line.
    public var advice: String?
    /// S3's code.
    public var code: String?
    /// S3's id of the request.
    public var requestId: String?
    /// Whether the multipart upload cannot be gone on with, though the transfer may succeed when it is begun anew.
    var endsUpload = false
    /// Whether another worker has the transfer now, so that nothing of it may be touched any more.
    var isTakenOver = false

    init(_ step: String, _ message: String, advice: String? = nil, mayPass: Bool = false) {
        self.step = step
        self.message = message
        self.advice = advice
        self.mayPass = mayPass
    }

    /// Tells what an error of S3 means for a transfer.
    init(_ error: AWSError) {
        step = error.operation
        message = "\(error)"
        code = error.code
        requestId = error.service?.requestId
        mayPass = error.isTransient || error.isThrottling || error.isCancellation
        if error.isCancellation { message = Self.stopped }
        advice = mayPass ? Self.goesOn : Self.advice(for: error)
    }

    init(_ error: CheckpointError) {
        step = "Checkpoint"
        message = error == .cancelled ? Self.stopped : "\(error)"
        mayPass = if case .unavailable(_, mayPass: false) = error { false } else { true }
        isTakenOver = error == .conflict
        advice =
            switch error {
            case .conflict: "nothing: another worker carries the transfer out"
            case .cancelled: Self.goesOn
            case .unavailable: "check that the state location exists and may be written to"
            }
    }

    private static let stopped = "stopped before it was finished"
    private static let goesOn = "try again; what is copied already is not copied again"

    private static func advice(for error: AWSError) -> String? {
        switch error.code {
        case "AccessDenied", "Forbidden", "403":
            "allow \(permissions(for: error.operation)) on it, and the use of its KMS key where it has one"
        case "AccessControlListNotSupported":
            "leave out ACL and grants: the destination's bucket has ACLs switched off"
        case "NoSuchBucket": "check the bucket's name"
        case "InvalidRequest" where error.description.contains("Object Lock"):
            "switch Object Lock on for the destination's bucket: the source is locked"
        case "PreconditionFailed": "copy it again: it changed meanwhile"
        case "NoSuchKey", "NotFound", "404": "take it out of the manifest: it is gone"
        default: nil
        }
    }

    private static func permissions(for operation: String) -> String {
        switch operation {
        case "HeadObject", "GetObject": "s3:GetObject (s3:GetObjectVersion for a version)"
        case "GetObjectTagging": "s3:GetObjectTagging (s3:GetObjectVersionTagging for a version)"
        case "PutObjectTagging": "s3:PutObjectTagging"
        case "GetObjectAcl": "s3:GetObjectAcl"
        case "AbortMultipartUpload": "s3:AbortMultipartUpload"
        case "ListParts": "s3:ListMultipartUploadParts"
        case "ListMultipartUploads": "s3:ListBucketMultipartUploads"
        default: "s3:GetObject and s3:GetObjectTagging on the source, s3:PutObject and s3:PutObjectTagging"
        }
    }
}
