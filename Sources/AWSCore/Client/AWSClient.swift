public import HTTPTransport

/// Signs, sends and retries requests to AWS services: the one way that a request leaves s3haul for one.
public final class AWSClient: Sendable {
    /// How many bytes of an error's body are read; S3's are under 2 KiB.
    static let errorLimit = 256 << 10

    /// The settings it was made with.
    public let configuration: AWSConfiguration

    private let credentials: (any CredentialProvider)?
    private let metadata: InstanceMetadata
    private let transport: HTTPClient
    private let policy: RetryPolicy
    private let timing: Timing
    private let log: (@Sendable (String) -> Void)?
    private let signer = RequestSigner()
    private let pacer: Pacer
    private let budget = RetryBudget()
    private let clock = SkewedClock()
    private let counts = Locked(RequestMetrics())
    private let instanceRegion = Locked<String?>(nil)

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - configuration: Region, endpoints, attempts.
    ///   - credentials: What signs requests; `nil` sends them unsigned.
    ///   - transport: What sends them.
    ///   - policy: When failed requests are sent again; `nil` takes AWS's waits and the configured attempts.
    ///   - timing: Clocks and waiting.
    ///   - log: Given a line for each attempt: method, URL, result; never a header field or a body.
    public init(
        configuration: AWSConfiguration, credentials: (any CredentialProvider)?, transport: HTTPClient,
        policy: RetryPolicy? = nil, timing: Timing = .system, log: (@Sendable (String) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.credentials = credentials
        metadata = InstanceMetadata(configuration: configuration, transport: transport)
        self.transport = transport
        self.policy = policy ?? RetryPolicy(maxAttempts: configuration.maxAttempts)
        self.timing = timing
        self.log = log
        pacer = Pacer(timing)
    }

    /// What was sent so far.
    public var metrics: RequestMetrics { counts.withLock { $0 } }

    /// The settings, with the EC2 instance's region where they name none; still none where this is no EC2 instance,
    /// which takes a second to find out.
    func regionalConfiguration() async -> AWSConfiguration {
        guard configuration.region == nil else { return configuration }
        var regional = configuration
        regional.region = instanceRegion.withLock { $0 }
        if regional.region == nil {
            regional.region = (try? await metadata.value(at: "/latest/meta-data/placement/region")) ?? nil
            instanceRegion.withLock { [region = regional.region] in $0 = region }
        }
        return regional
    }

    /// Sends a request until it succeeds, fails for good, or the attempts, the retry budget or the task end.
    ///
    /// - Parameters:
    ///   - request: What to send; it is signed anew for each attempt.
    ///   - limit: How many bytes of response body there may be.
    /// - Returns: A response of status 2xx, without an error in its body.
    /// - Throws: `AWSError` for every other response, and for none.
    public func send(
        _ request: AWSRequest, collectingUpTo limit: Int = 4 << 20
    ) async throws(AWSError) -> HTTPCollectedResponse {
        try await perform(request) { signed throws(HTTPError) in
            let response = try await self.transport.send(signed, collectingUpTo: max(limit, Self.errorLimit))
            self.countReceived(response.body.count)
            let isFailure =
                !(200..<300).contains(response.status)
                || request.mayFailInside200 && ServiceError.isError(body: response.body)
            return isFailure ? .failure(ServiceError(response)) : .success(response)
        }
    }

    /// Sends a request as `send` does, and gives back the response with its body still to be read.
    ///
    /// What breaks while the body is read is the reader's to handle; it is not retried here.
    public func stream(_ request: AWSRequest) async throws(AWSError) -> HTTPResponse {
        try await perform(request) { signed throws(HTTPError) in
            let response = try await self.transport.stream(signed)
            if (200..<300).contains(response.status) {
                self.countReceived(response.headers["Content-Length"].flatMap { Int($0) } ?? 0)
                return .success(response)
            }
            let body = try await response.body.collect(upTo: Self.errorLimit)
            self.countReceived(body.count)
            let whole = HTTPCollectedResponse(status: response.status, headers: response.headers, body: body)
            return .failure(ServiceError(whole))
        }
    }

    private func perform<Response>(
        _ request: AWSRequest,
        _ exchange: (HTTPRequest) async throws(HTTPError) -> Result<Response, ServiceError>
    ) async throws(AWSError) -> Response {
        let host = request.endpoint.authority
        var progress = Progress(request)
        while true {
            let credentials = try await prepare(&progress, host)
            let signed = signer.sign(request, with: credentials, at: clock.date(timing.date(), at: host))
            let start = timing.now()
            do throws(HTTPError) {
                switch try await exchange(signed) {
                case .success(let response):
                    note(progress, "ok", since: start)
                    budget.give(max(progress.price, 1))
                    return response
                case .failure(let error):
                    let error = Secrets(credentials, signed).removed(from: error)
                    progress.error = progress.failure(.service(error))
                }
            } catch {
                let error = Secrets(credentials, signed).removed(from: error)
                progress.error = progress.failure(error.phase == .cancelled ? .cancelled : .transport(error))
            }
            guard let error = progress.error else { continue }
            note(progress, "\(error.reason)", since: start)
            if error.isThrottling { refuse(at: host) }
            if try await mayGoOn(error, &progress, credentials, host) { continue }
            throw error
        }
    }

    /// Waits for the request's turn, and finds what it is signed with.
    private func prepare(_ progress: inout Progress, _ host: String) async throws(AWSError) -> AWSCredentials? {
        do {
            try await pacer.turn(at: host)
        } catch {
            throw progress.failure(.cancelled)
        }
        let found: AWSCredentials?
        do throws(CredentialError) {
            found = try await credentials?.credentials()
        } catch {
            throw progress.failure(Task.isCancelled ? .cancelled : .credentials(error))
        }
        guard !Task.isCancelled else { throw progress.failure(.cancelled) }
        progress.attempts += 1
        count(progress)
        return found
    }

    /// Whether another attempt follows, after what has to be done before it.
    private func mayGoOn(
        _ error: AWSError, _ progress: inout Progress, _ used: AWSCredentials?, _ host: String
    ) async throws(AWSError) -> Bool {
        guard progress.attempts < policy.maxAttempts, !error.isCancellation else { return false }
        if progress.repairs(error, clock, host, at: timing.date()) { return true }
        if let used, error.saysExpired(used), progress.renews() {
            credentials?.invalidate(used)
            return true
        }
        let price = RetryBudget.price(of: error)
        guard error.allowsRetry(of: progress.request), budget.take(price) else { return false }
        progress.price = price
        do {
            try await timing.sleep(
                policy.delay(
                    after: progress.attempts, isThrottling: error.isThrottling,
                    retryAfter: error.retryAfter(at: timing.date()),
                    random: timing.random()))
        } catch {
            throw progress.failure(.cancelled)
        }
        return true
    }

    private func count(_ progress: Progress) {
        RequestCounter.current?.add()
        counts.withLock { counts in
            counts.requests[progress.request.operation, default: 0] += 1
            if progress.attempts > 1 { counts.retries += 1 }
            counts.bytesSent += progress.request.body.length
        }
    }

    private func countReceived(_ bytes: Int) {
        counts.withLock { $0.bytesReceived += max(bytes, 0) }
    }

    private func refuse(at host: String) {
        pacer.refuse(at: host)
        counts.withLock { $0.throttles += 1 }
    }

    private func note(_ progress: Progress, _ outcome: String, since start: ContinuousClock.Instant) {
        guard let log else { return }
        let request = progress.request
        log(
            ErrorText.oneLine(
                "\(request.operation) \(request.subject) at \(request.endpoint.authority), attempt "
                    + "\(progress.attempts): \(outcome) in \(timing.now() - start)"))
    }
}

/// What has become of a request so far.
private struct Progress {
    let request: AWSRequest
    var attempts = 0
    var error: AWSError?
    /// What the last retry took from the budget.
    var price = 0
    private var hasRepairedClock = false
    private var hasRenewed = false

    init(_ request: AWSRequest) { self.request = request }

    func failure(_ reason: AWSError.Reason) -> AWSError {
        AWSError(reason, operation: request.operation, subject: request.subject, attempts: attempts)
    }

    private var isReplayable: Bool {
        if case .stream = request.body { false } else { true }
    }

    /// Whether the failure came of a wrong clock here, which is right now; once a request.
    mutating func repairs(_ error: AWSError, _ clock: SkewedClock, _ host: String, at date: Int64) -> Bool {
        guard let service = error.service, ErrorCodes.clockSkew.contains(service.code), !hasRepairedClock, isReplayable,
            clock.correct(host, serverSays: service.headers["Date"], at: date)
        else { return false }
        hasRepairedClock = true
        return true
    }

    /// Whether the credentials are to be asked for again; once a request.
    mutating func renews() -> Bool {
        guard !hasRenewed, isReplayable else { return false }
        hasRenewed = true
        return true
    }
}

extension AWSError {
    /// Whether the service refused credentials because their time is over.
    ///
    /// S3 refuses them with status 400; its answer to HEAD has no room for a code.
    fileprivate func saysExpired(_ used: AWSCredentials) -> Bool {
        guard let code else { return false }
        return ErrorCodes.expired.contains(code)
            || code == ErrorCodes.code(ofStatus: 400) && used.sessionToken != nil
    }
}

extension HTTPBody {
    fileprivate var length: Int {
        switch self {
        case .empty: 0
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): Int(length ?? 0)
        }
    }
}
