import Driver
import FoundationEssentials
import LambdaRuntime

/// An answer as S3 Batch Operations reads it.
struct Answer: Decodable, Equatable {
    struct Result: Decodable, Equatable {
        var taskId: String
        var resultCode: String
        var resultString: String
    }

    var invocationSchemaVersion: String
    var treatMissingKeysAs: String
    var invocationId: String
    var results: [Result]
}

extension Driver {
    /// Hands an event over and reads the answer.
    func answer(_ event: String) async throws -> Answer { try await answer([UInt8](event.utf8)) }

    func answer(_ event: [UInt8]) async throws -> Answer {
        let bytes = try await handle(event, LambdaContext(requestId: "r1", deadline: 4_102_444_800_000))
        return try JSONDecoder().decode(Answer.self, from: Data(bytes))
    }

    /// The result of an event of schema 2.0 with one task.
    func result(
        key: String, version: String = "null", userArguments: String = "{}"
    ) async throws -> Answer.Result? {
        try await answer(
            """
            {"invocationSchemaVersion": "2.0", "invocationId": "i1", "job": {"id": "j1", "userArguments": \
            \(userArguments)}, "tasks": [{"taskId": "t1", "s3Key": "\(key)", "s3VersionId": \(version), \
            "s3Bucket": "from"}]}
            """
        ).results.first
    }
}
