import CCurl

extension HTTPError {
    /// The error that a libcurl code stands for.
    ///
    /// - Parameters:
    ///   - code: What the transfer ended with.
    ///   - detail: What libcurl says of it, if anything.
    ///   - mayHaveBeenSent: Whether a byte of the request left.
    init(_ code: CURLcode, detail: String, mayHaveBeenSent: Bool) {
        let message = detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail
        let phase = Self.phase(of: code)
        // What libcurl calls malformed after the request was sent is the response: HTTP/0.9, say.
        self.init(phase == .request && mayHaveBeenSent ? .receive : phase, message, mayHaveBeenSent: mayHaveBeenSent)
    }

    private static func phase(of code: CURLcode) -> Phase {
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION,
            CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT:
            .request
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY, CURLE_INTERFACE_FAILED, CURLE_NO_CONNECTION_AVAILABLE:
            .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK, CURLE_READ_ERROR:
            .send
        case CURLE_OPERATION_TIMEDOUT:
            .time
        default:
            .receive
        }
    }
}
