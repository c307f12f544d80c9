import CCurl

/// One libcurl easy handle, set up for one exchange at a time. The event loop's thread alone touches it.
///
/// The handle, the list of fields, the text of errors and the body are this object's own: libcurl has their pointers from
/// `prepare` on until the transfer ends, and they are freed in `reset` and `deinit`, behind it. The pointer to the exchange
/// is not counted: the event loop keeps every exchange until its transfer is taken off.
final class EasyHandle {
    /// The handle itself.
    let pointer: UnsafeMutableRawPointer
    private var headers: HeaderList?
    private let errorText: UnsafeMutablePointer<CChar>
    /// What libcurl reads an in-memory body from while the exchange lasts.
    private var bodyBytes: UnsafeMutableBufferPointer<UInt8>?
    private var failedOption = CURLE_OK

    init?() {
        guard let easy = curl_easy_init() else { return nil }
        pointer = easy
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        release()
        errorText.deallocate()
    }

    /// Makes the handle fit for another exchange; it keeps what libcurl has cached.
    func reset() {
        curl_easy_reset(pointer)
        release()
        errorText[0] = 0
        failedOption = CURLE_OK
    }

    private func release() {
        headers = nil
        bodyBytes?.deallocate()
        bodyBytes = nil
    }

    /// What libcurl says of the last failure.
    var errorMessage: String { String(cString: errorText) }

    /// The exchange that a handle of libcurl's was set up for.
    static func exchange(of easy: UnsafeMutableRawPointer) -> Exchange? {
        var context: UnsafeMutableRawPointer?
        guard s3haul_curl_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { return nil }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    /// How many bytes have gone either way so far.
    var bytesMoved: Int64 {
        size(CURLINFO_SIZE_DOWNLOAD_T) + size(CURLINFO_SIZE_UPLOAD_T)
            + Int64(long(CURLINFO_HEADER_SIZE)) + Int64(long(CURLINFO_REQUEST_SIZE))
    }

    /// Whether a byte of the request has left.
    var hasSent: Bool { long(CURLINFO_REQUEST_SIZE) > 0 }

    private func long(_ info: CURLINFO) -> Int {
        var value = 0
        return s3haul_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    private func size(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return s3haul_curl_get_size(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
    }

    /// Sets the handle up for an exchange, which must outlive the transfer.
    ///
    /// - Throws: `HTTPError` of phase `request` when libcurl refuses what the request says.
    func prepare(_ exchange: Exchange, _ configuration: HTTPClient.Configuration) throws(HTTPError) {
        let request = exchange.request
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        set(CURLOPT_PRIVATE, pointer: context)
        set(CURLOPT_ERRORBUFFER, pointer: errorText)
        set(CURLOPT_URL, request.url)
        set(CURLOPT_USERAGENT, configuration.userAgent)
        setProtocol()
        setBlockSize(exchange)
        setDeadlines(request.deadlines)
        if request.bypassesProxy { set(CURLOPT_NOPROXY, "*") }
        if let file = configuration.certificateAuthorities { set(CURLOPT_CAINFO, file) }
        setCallbacks(context)
        setBody(request)
        try setHeaders(request)
        guard failedOption == CURLE_OK else {
            throw HTTPError(failedOption, detail: "", mayHaveBeenSent: false)
        }
    }

    private func setProtocol() {
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_NOSIGNAL, 1)
        // Without it, taking a handle off while its host is looked up waits for the thread that is in getaddrinfo, and
        // all other transfers with it (https://github.com/curl/curl/issues/8515).
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_DNS_SHUFFLE_ADDRESSES, 1)
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    /// Bodies that are streamed are read in larger blocks; not in blocks of 64 KiB, since each transfer frees its own,
    /// and glibc tidies up its heap whenever so much is freed.
    private func setBlockSize(_ exchange: Exchange) {
        if exchange.limit == nil { set(CURLOPT_BUFFERSIZE, 32 << 10) }
    }

    private func setDeadlines(_ deadlines: HTTPDeadlines) {
        set(CURLOPT_CONNECTTIMEOUT_MS, deadlines.connect.wholeMilliseconds)
        if let total = deadlines.total { set(CURLOPT_TIMEOUT_MS, total.wholeMilliseconds) }
    }

    /// libcurl calls back on the event loop's thread, with the context that it was given, and lends the bytes that it
    /// points to until the callback returns.
    private func setCallbacks(_ context: UnsafeMutableRawPointer) {
        let start: s3haul_curl_start_function = { context, _, _, _, _ in
            let mayStart = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue().start()
            return mayStart ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        note(s3haul_curl_set_start_function(pointer, start, context))
        set(CURLOPT_HEADERDATA, pointer: context)
        set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return exchange.receiveHeaderLine(line) ? line.count : 0
        }
        set(CURLOPT_WRITEDATA, pointer: context)
        set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
            return exchange.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    private func setBody(_ request: HTTPRequest) {
        switch request.body {
        case .empty where request.method == "PUT" || request.method == "POST": setBytes([])
        case .empty: break
        case .bytes(let bytes): setBytes(bytes)
        case .stream(let length, _):
            set(CURLOPT_UPLOAD, 1)
            set(CURLOPT_INFILESIZE_LARGE, size: length ?? -1)
            let context = privateContext()
            set(CURLOPT_READDATA, pointer: context)
            set(CURLOPT_READFUNCTION) { bytes, size, count, context in
                let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
                return exchange.sendBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
            }
        }
        switch (request.method, request.body) {
        case ("GET", .empty): break
        case ("HEAD", _): set(CURLOPT_NOBODY, 1)
        default: set(CURLOPT_CUSTOMREQUEST, request.method)
        }
    }

    private func privateContext() -> UnsafeMutableRawPointer? {
        var context: UnsafeMutableRawPointer?
        return s3haul_curl_get_pointer(pointer, CURLINFO_PRIVATE, &context) == CURLE_OK ? context : nil
    }

    private func setBytes(_ bytes: [UInt8]) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        _ = copy.initialize(from: bytes)
        bodyBytes = copy
        set(CURLOPT_POSTFIELDSIZE_LARGE, size: Int64(bytes.count))
        set(CURLOPT_POSTFIELDS, pointer: copy.baseAddress)
    }

    private func setHeaders(_ request: HTTPRequest) throws(HTTPError) {
        for field in request.headers.fields {
            guard field.isSendable else {
                throw HTTPError(
                    .request, "the header field \(field.name.debugDescription) cannot be sent", mayHaveBeenSent: false)
            }
        }
        // What libcurl would add of its own accord.
        let unwanted = ["Accept", "Expect", "Content-Type"].filter { request.headers[$0] == nil }
        guard !request.headers.fields.isEmpty || !unwanted.isEmpty else { return }
        let list = HeaderList(request.headers.fields, without: unwanted)
        set(CURLOPT_HTTPHEADER, pointer: list.first)
        headers = consume list
    }

    private func set(_ option: CURLoption, _ value: Int) { note(s3haul_curl_set_long(pointer, option, value)) }

    private func set(_ option: CURLoption, _ value: String) { note(s3haul_curl_set_string(pointer, option, value)) }

    private func set(_ option: CURLoption, size value: Int64) {
        note(s3haul_curl_set_size(pointer, option, Int(value)))
    }

    private func set(_ option: CURLoption, pointer value: UnsafeRawPointer?) {
        note(s3haul_curl_set_pointer(pointer, option, value))
    }

    private func set(_ option: CURLoption, _ function: @escaping s3haul_curl_data_function) {
        note(s3haul_curl_set_function(pointer, option, function))
    }

    private func note(_ code: CURLcode) {
        if code != CURLE_OK { failedOption = code }
    }
}

extension HTTPHeaders.Field {
    /// Whether the field is one line of its own: a name of visible ASCII, a value without control characters.
    fileprivate var isSendable: Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
    }
}

extension Duration {
    /// Milliseconds for libcurl, where 0 would mean its own default; at most 24 days.
    fileprivate var wholeMilliseconds: Int {
        let milliseconds = self / .milliseconds(1)
        return milliseconds < 1 ? 1 : milliseconds > 2_000_000_000 ? 2_000_000_000 : Int(milliseconds)
    }
}
