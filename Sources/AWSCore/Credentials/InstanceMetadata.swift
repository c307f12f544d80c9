internal import FoundationEssentials
public import HTTPTransport

/// What EC2 tells a machine about itself, over version 2 of its metadata service.
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-v2-how-it-works.html)
public final class InstanceMetadata: Sendable {
    private struct Token {
        var value: String
        var end: ContinuousClock.Instant
    }

    /// How long a token is asked for, in seconds: the longest that there is.
    private static let tokenLifetime = 21_600
    /// How long before its end a token is replaced.
    private static let tokenMargin = Duration.seconds(120)

    private let settings: InstanceMetadataSettings
    private let service: LocalService
    private let token = Locked<Token?>(nil)

    /// Makes a client.
    public convenience init(configuration: AWSConfiguration, transport: HTTPClient) {
        self.init(configuration.instanceMetadata, LocalService(transport: transport))
    }

    init(_ settings: InstanceMetadataSettings, _ service: LocalService) {
        self.settings = settings
        self.service = service
    }

    /// A value, by its path: `/latest/meta-data/placement/region`.
    ///
    /// - Returns: The text, or `nil` where there is nothing of this path.
    /// - Throws: `InstanceMetadataError`, within seconds where there is no such service.
    public func value(at path: String) async throws(InstanceMetadataError) -> String? {
        guard !settings.isDisabled else {
            throw InstanceMetadataError(.disabled, "AWS_EC2_METADATA_DISABLED is true")
        }
        var response = try await get(path, token: validToken())
        if response.status == 401 {
            token.withLock { $0 = nil }
            response = try await get(path, token: validToken())
        }
        switch response.status {
        case 200: return String(decoding: response.body, as: UTF8.self)
        case 404: return nil
        default: throw InstanceMetadataError("GET \(path)", response.status)
        }
    }

    private func get(_ path: String, token: String) async throws(InstanceMetadataError) -> HTTPCollectedResponse {
        try await send("GET", path, ["X-aws-ec2-metadata-token": token])
    }

    private func validToken() async throws(InstanceMetadataError) -> String {
        let asked = ContinuousClock.now
        if let token = token.withLock({ $0 }), token.end > asked { return token.value }
        let path = "/latest/api/token"
        let response = try await send(
            "PUT", path, ["X-aws-ec2-metadata-token-ttl-seconds": "\(Self.tokenLifetime)"])
        let value = String(decoding: response.body, as: UTF8.self)
        guard response.status == 200, !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw InstanceMetadataError("PUT \(path)", response.status)
        }
        let lifetime = response.headers["X-aws-ec2-metadata-token-ttl-seconds"].flatMap { Int($0) }
        let seconds = min(max(lifetime ?? 0, 0), Self.tokenLifetime)
        token.withLock { $0 = Token(value: value, end: asked + .seconds(seconds) - Self.tokenMargin) }
        return value
    }

    private func send(
        _ method: String, _ path: String, _ headers: HTTPHeaders
    ) async throws(InstanceMetadataError) -> HTTPCollectedResponse {
        do throws(HTTPError) {
            let endpoint = settings.endpoint
            return try await service.send(
                method, "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)\(path)", headers)
        } catch {
            throw InstanceMetadataError(.unreachable, "no answer from \(settings.endpoint.authority): \(error.message)")
        }
    }
}

extension InstanceMetadata {
    /// That a spot instance is about to be taken back.
    public struct SpotInterruption: Sendable, Equatable {
        /// `terminate`, `stop` or `hibernate`.
        public var action: String
        /// When, in seconds since 1970; mostly two minutes from the first notice.
        public var time: Int64
    }

    /// The notice that this spot instance is about to be taken back; `nil` while there is none, and where there is no
    /// metadata service.
    public func spotInterruption() async -> SpotInterruption? {
        struct Document: Decodable {
            var action: String
            var time: String
        }
        guard let text = try? await value(at: "/latest/meta-data/spot/instance-action"),
            let document = try? JSONDecoder().decode(Document.self, from: Data(text.utf8)),
            let time = Int64(timestamp: document.time)
        else { return nil }
        return SpotInterruption(action: document.action, time: time)
    }
}

/// Why the metadata service gives no answer.
public struct InstanceMetadataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of reason it is.
    public enum Kind: Sendable {
        /// `AWS_EC2_METADATA_DISABLED` says not to ask.
        case disabled
        /// There was no answer: this is no EC2 instance, or a container that is a hop too far.
        case unreachable
        /// It answered with an error.
        case refused
    }

    /// What kind of reason it is.
    public var kind: Kind
    /// Whether it may answer a little later.
    public var isTransient: Bool
    /// One line.
    public var description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
        isTransient = kind == .unreachable
    }

    init(_ request: String, _ status: Int) {
        kind = .refused
        description = "\(request) was answered with status \(status)"
        isTransient = LocalService.isBusy(status)
    }
}

extension InstanceMetadata: CustomReflectable {
    /// The endpoint alone, so that `dump` shows no token.
    public var customMirror: Mirror { Mirror(self, children: ["endpoint": settings.endpoint]) }
}
