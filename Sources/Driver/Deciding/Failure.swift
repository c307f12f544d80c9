import AWSCore
import HTTPTransport
import Jobs

extension TaskRecord {
    /// The record with what a failed operation says of itself.
    func failed(_ error: AWSError) -> TaskRecord {
        var record = self
        record.outcome = error.isTemporary ? .interrupted : .failed
        record.step = error.operation
        switch error.reason {
        case .service(let service):
            record.errorCode = service.code
            record.message = service.message.isEmpty ? "HTTP status \(service.status)" : service.message
            record.requestId = service.requestId
        case .transport(let error): record.message = "\(error)"
        case .credentials(let error): record.message = "\(error)"
        case .configuration(let error): record.message = "\(error)"
        case .malformedResponse(let problem): record.message = "the answer could not be read: \(problem)"
        case .cancelled: record.message = "the invocation's time was nearly over"
        }
        record.advice = record.outcome == .failed ? error.advice : nil
        return record
    }

    /// The record with why the task is not done.
    func refused(_ refusal: Refusal) -> TaskRecord {
        var record = self
        record.outcome = .failed
        record.errorCode = refusal.code
        record.message = refusal.message
        record.advice = refusal.advice
        return record
    }
}

extension AWSError {
    /// Whether S3 Batch Operations shall hand the task out again: nothing about it needs to be changed.
    var isTemporary: Bool {
        isTransient || isThrottling || isCancellation || code.map(Self.passing.contains) ?? false
    }

    /// Codes of what passes by itself, beyond those that are worth an immediate retry.
    private static let passing: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "RequestTimeTooSkewed", "OperationAborted",
        "ConditionalRequestConflict",
    ]
}

extension AWSError {
    /// What to do about a failure that stays, in one line; `nil` where the service's message says it all.
    fileprivate var advice: String? {
        if service?.headers["x-amz-delete-marker"] == "true" {
            return
                "the object was deleted and a delete marker is left; name an older version in the manifest to copy it"
        }
        if operation == "SubmitJob" {
            return status == 403
                ? "allow the function's role batch:SubmitJob and batch:TagResource on the queue and the definition"
                : "see S3HAUL_JOB_QUEUE and S3HAUL_JOB_DEFINITION"
        }
        if operation == "SendMessageBatch" {
            return status == 403
                ? "allow the function's role sqs:SendMessage on the queue, and kms:GenerateDataKey on its key"
                : "see S3HAUL_ARCHIVE_QUEUE"
        }
        switch (code ?? "", status) {
        case (let code, _) where code.hasPrefix("KMS."):
            return
                "allow the function's role kms:Decrypt on the source's key and kms:GenerateDataKey on the destination's"
        case (_, 403):
            return
                "allow the function's role to read the source (s3:GetObject, s3:GetObjectVersion, s3:ListBucket, the "
                + "Tagging forms) and to write the destination (s3:PutObject, s3:PutObjectTagging)"
        case (_, 404):
            return "the object or the version is gone, or the manifest names it wrong; list it with aws s3api "
                + "list-object-versions"
        default: return nil
        }
    }
}
