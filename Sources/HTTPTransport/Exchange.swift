import CCurl

/// The exchanges for which something arrived since the event loop last looked. Only its thread touches it.
final class Arrivals {
    var exchanges: [Exchange] = []
}

/// One request under way, from the moment it is handed to the event loop to its end.
final class Exchange: @unchecked Sendable {
    // Unchecked: every `var` is touched by the event loop's thread alone; what tasks see is behind the locks of
    // `response`, `download` and `upload`.

    /// How many bytes of header fields a response may have; S3's are a few KiB.
    static let headerLimit = 256 << 10

    let request: HTTPRequest
    /// How many bytes of body are collected; `nil` leaves the body to `download`.
    let limit: Int?
    /// The response: with its body when it is collected, else as soon as the header is there.
    let response = Promise<Result<HTTPCollectedResponse, HTTPError>>()
    let download = DownloadBuffer()
    let upload: UploadBuffer?

    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var body: [UInt8] = []
    private var starts = 0
    private var headerBytes = 0
    private var isNoted = false
    private var headerIsComplete = false
    /// What a callback found wrong; libcurl itself then only says that a callback failed.
    private var failure: HTTPError?
    var isCancelled = false
    /// The transfer's libcurl handle, from its start to its end.
    var handle: EasyHandle?
    /// Where it says that something arrived.
    var arrivals: Arrivals?
    /// What the idle deadline is measured by.
    var idle = IdleClock()

    init(_ request: HTTPRequest, limit: Int?) {
        self.request = request
        self.limit = limit
        upload = if case .stream(let length, _) = request.body { UploadBuffer(length: length) } else { nil }
    }

    /// Whether nothing moves because the caller is slow, and not the server.
    var waitsForCaller: Bool { upload?.isStarved == true || download.isPaused }

    /// Whether the request may be sent now, for which libcurl asks each time.
    ///
    /// libcurl sends a request again on its own when a connection that served another before closes without a
    /// response. Whether that may be done is for the caller to say, who knows what it would do twice.
    func start() -> Bool {
        starts += 1
        return starts == 1 || fail(.receive, "the connection closed before a response")
    }

    /// Takes one line of the response's header.
    func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        guard !headerIsComplete else { return true }  // a trailer
        headerBytes += line.count
        guard headerBytes <= Self.headerLimit else {
            return fail(.limit, "the response's header is larger than \(Self.headerLimit) bytes")
        }
        let line = HeaderLine.content(line)
        if line.isEmpty {
            finishHeaderBlock()
        } else if HeaderLine.isStatusLine(line) {
            status = HeaderLine.status(line) ?? 0
            headers = HTTPHeaders()
        } else if let field = HeaderLine.field(line) {
            headers.add(field.name, field.value)
        }
        return true
    }

    private func finishHeaderBlock() {
        guard status >= 200 else { return }  // 100 Continue and its like: another block follows
        headerIsComplete = true
        noteArrival()
        if let length = headers["Content-Length"].flatMap({ Int($0) }), let limit {
            body.reserveCapacity(Swift.min(Swift.max(length, 0), limit))
        }
    }

    /// Takes bytes of the response's body.
    ///
    /// - Returns: What libcurl's write function answers.
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let limit else {
            noteArrival()
            return download.append(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE)
        }
        guard body.count + bytes.count <= limit else {
            _ = fail(.limit, "the response's body is larger than \(limit) bytes")
            return Int(CURL_WRITEFUNC_ERROR)
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Has a streamed response delivered when the event loop has read all that there is: one wake-up for the header
    /// and the body that came with it.
    private func noteArrival() {
        guard limit == nil, !isNoted else { return }
        isNoted = true
        arrivals?.exchanges.append(self)
    }

    /// Gives the caller of a streamed response what has arrived of it.
    func deliver() {
        isNoted = false
        response.fulfil(.success(HTTPCollectedResponse(status: status, headers: headers, body: [])))
        download.deliver()
    }

    /// Gives bytes of the request's body.
    ///
    /// - Returns: What libcurl's read function answers.
    func sendBody(_ target: UnsafeMutableRawBufferPointer) -> Int {
        switch upload?.read(into: target) {
        case .bytes(let count): return count
        case .later: return Int(CURL_READFUNC_PAUSE)
        case .failed(let why):
            _ = fail(.send, why)
            return Int(CURL_READFUNC_ABORT)
        case nil: return 0
        }
    }

    private func fail(_ phase: HTTPError.Phase, _ message: String) -> Bool {
        failure = failure ?? HTTPError(phase, message, mayHaveBeenSent: true)
        return false
    }

    /// How the exchange ended, given how libcurl says that it did.
    func result(of code: CURLcode, detail: String, mayHaveBeenSent: Bool) -> Result<Void, HTTPError> {
        if let failure { return .failure(failure) }
        guard code == CURLE_OK else {
            return .failure(HTTPError(code, detail: detail, mayHaveBeenSent: mayHaveBeenSent))
        }
        // To libcurl, a connection that closes within the header has sent a response.
        guard headerIsComplete else {
            return .failure(HTTPError(.receive, "the connection closed within the header", mayHaveBeenSent: true))
        }
        return .success(())
    }

    /// Ends the exchange for everyone who waits for it.
    func finish(_ result: Result<Void, HTTPError>) {
        upload?.close()
        download.finish(result)
        response.fulfil(
            result.map { HTTPCollectedResponse(status: status, headers: headers, body: body) })
    }
}
