import HTTPTransport
import TestSupport

@testable import AWSCore

extension CredentialSource {
    /// What the source answers, or why it fails, as one value to compare.
    func outcome() async -> Result<SourceAnswer, SourceFailure> {
        do throws(SourceFailure) {
            return .success(try await load())
        } catch {
            return .failure(error)
        }
    }
}

extension Result where Success == SourceAnswer, Failure == SourceFailure {
    /// The reason for having no credentials.
    var reason: String? {
        switch self {
        case .success(.found): nil
        case .success(.absent(let reason)): reason
        case .failure(let failure): failure.reason
        }
    }
}

/// Reads files from a table.
func files(_ contents: [String: String]) -> FileReader {
    { path in contents[path].map { Array($0.utf8) } }
}

/// A client of a service on this machine that does not wait between attempts.
func localService() throws -> LocalService {
    // On a machine that is busy with other tests, a second is not long.
    LocalService(
        transport: try HTTPClient(), deadlines: HTTPDeadlines(connect: .seconds(60), total: .seconds(60)),
        pause: { _ in })
}

/// Credentials of the letters that the tests' documents give.
let sample = AWSCredentials(
    accessKeyId: "ASIAEXAMPLE", secretAccessKey: "hush/secret", sessionToken: "hush-token", expiration: 1_763_703_000)

/// The same as JSON, as endpoints give them.
let sampleDocument = """
    {"Code": "Success", "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "hush\\/secret", "Token": "hush-token",
     "Expiration": "2025-11-21T05:30:00Z", "RoleArn": "x"}
    """
