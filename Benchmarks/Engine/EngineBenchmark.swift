import AWSCore
import Glibc
import HTTPTransport
import S3

/// Lists a prefix and gets every object of it to a file, 64 at a time: the request engine and nothing else.
///
///     engine-benchmark BUCKET PREFIX FOLDER
@main
struct EngineBenchmark {
    static let inFlight = 64

    static func main() async throws {
        guard CommandLine.arguments.count == 4 else { exit(2) }
        let (bucket, prefix, folder) = (CommandLine.arguments[1], CommandLine.arguments[2], CommandLine.arguments[3])
        let configuration = try AWSConfiguration.fromEnvironment()
        let transport = try HTTPClient(.init(connectionsPerHost: inFlight))
        let s3 = S3Client(
            AWSClient(
                configuration: configuration,
                credentials: CredentialChain.default(configuration: configuration, transport: transport),
                transport: transport))
        try await transport.onEventLoop { try await run(bucket, prefix, folder, s3) }
    }

    static func run(_ bucket: String, _ prefix: String, _ folder: String, _ s3: S3Client) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var running = 0
            for try await object in s3.listObjectsV2(.init(bucket: bucket, prefix: prefix)) {
                if running == inFlight { try await group.next() } else { running += 1 }
                group.addTask {
                    let reference = ObjectReference(bucket: bucket, key: object.key)
                    let file = "\(folder)/\(object.key.replacing("/", with: "_"))"
                    try await get(reference, to: file, s3)
                }
            }
            try await group.waitForAll()
        }
    }

    static func get(_ object: ObjectReference, to path: String, _ s3: S3Client) async throws {
        let output = try await s3.getObject(GetObjectRequest(object))
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw FileError() }
        defer { close(file) }
        for try await chunk in output.body where write(file, chunk, chunk.count) != chunk.count { throw FileError() }
    }

    struct FileError: Error {}
}
