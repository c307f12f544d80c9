import AWSCore
import BatchJobs
import Glibc
import HTTPTransport
import S3
import SQS

/// The servers that `scripts/stack run -- COMMAND` starts, as its environment variables name them.
enum Stack {
    struct Missing: Error, CustomStringConvertible {
        var variable: String
        var description: String { "\(variable) is not set: run this by scripts/stack run -- swift test" }
    }

    static func variable(_ name: String) throws(Missing) -> String {
        guard let value = getenv(name) else { throw Missing(variable: name) }
        return String(cString: value)
    }

    static let transport = Result { () throws(HTTPError) in try HTTPClient() }

    /// A client of the server that a variable names, with waits a hundred times as short as real ones.
    static func client(_ variable: String) throws -> AWSClient {
        let credentials = AWSCredentials(
            accessKeyId: try Self.variable("AWS_ACCESS_KEY_ID"),
            secretAccessKey: try Self.variable("AWS_SECRET_ACCESS_KEY"))
        return AWSClient(
            configuration: try .resolve(environment: [
                "AWS_REGION": try Self.variable("AWS_REGION"), "AWS_ENDPOINT_URL": try Self.variable(variable),
            ]), credentials: StaticCredentialProvider(credentials), transport: try transport.get(), timing: .hurried)
    }

    /// The S3 server that is taken for the real one.
    static func s3() throws -> S3Client { S3Client(try client("S3HAUL_TEST_S3")) }

    /// A second S3 server, for what the first gets wrong.
    static func otherS3() throws -> S3Client { S3Client(try client("S3HAUL_TEST_MOTO")) }

    static func sqs() throws -> SQSClient { SQSClient(try client("S3HAUL_TEST_MOTO")) }

    static func batch() throws -> BatchClient { BatchClient(try client("S3HAUL_TEST_MOTO")) }

    static func bucket() throws -> String { try variable("S3HAUL_TEST_BUCKET") }

    /// A prefix that no other test uses.
    static func prefix(_ name: String = #function) -> String {
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        return "\(name.prefix { $0 != "(" })-\(random)/"
    }
}

extension Timing {
    /// The machine's clock, a hundred times as fast.
    static let hurried = {
        let start = ContinuousClock.now
        return Timing(
            now: { start + (ContinuousClock.now - start) * 100 }, date: Timing.system.date,
            sleep: { try await Task.sleep(for: $0 / 100) }, random: Timing.system.random)
    }()
}

extension S3Client {
    /// Stores bytes, and gives back the reference.
    @discardableResult
    func store(_ bytes: [UInt8], at object: ObjectReference) async throws -> PutObjectOutput {
        try await putObject(PutObjectRequest(object, body: .bytes(bytes)))
    }

    /// All bytes of an object.
    func read(_ object: ObjectReference) async throws -> [UInt8] {
        try await getObject(GetObjectRequest(object)).body.collect(upTo: 64 << 20)
    }
}

extension AsyncSequence {
    /// Every element.
    func all() async throws -> [Element] {
        var elements: [Element] = []
        for try await element in self { elements.append(element) }
        return elements
    }
}
