internal import HTTPTransport

/// What of a request may stand in no error and no log, even when a server sends it back.
struct Secrets {
    /// Shorter values would take half of every text with them, and guard nothing.
    private static let shortest = 8

    private var values: [String] = []

    init(_ credentials: AWSCredentials?, _ sent: HTTPRequest) {
        add(credentials?.secretAccessKey)
        add(credentials?.sessionToken)
        let authorization = sent.headers["authorization"]
        add(authorization?.split(separator: "=").last.map(String.init))
        for field in sent.headers.fields where Self.isSecret(field.name.lowercased()) { add(field.value) }
    }

    private static func isSecret(_ name: String) -> Bool {
        name == "authorization" || name.contains("token") || name.contains("customer-key")
    }

    private mutating func add(_ value: String?) {
        guard let value, value.utf8.count >= Self.shortest else { return }
        values += [value, value.percentEncoded(keepingSlashes: false)]
    }

    /// The text with every secret taken out.
    func removed(from text: String) -> String {
        values.reduce(text) { Self.contains($0, $1) ? $0.replacing($1, with: "(secret)") : $0 }
    }

    /// Whether a text holds a value, byte for byte: the standard library's search takes longer than a request.
    private static func contains(_ text: String, _ value: String) -> Bool {
        let (text, value) = (Array(text.utf8), Array(value.utf8))
        guard let first = value.first, text.count >= value.count else { return false }
        return (0...(text.count - value.count)).contains { start in
            text[start] == first && text[start...].starts(with: value)
        }
    }

    func removed(from error: HTTPError) -> HTTPError {
        HTTPError(error.phase, removed(from: error.message), mayHaveBeenSent: error.mayHaveBeenSent)
    }

    func removed(from error: ServiceError) -> ServiceError {
        var headers = HTTPHeaders()
        for field in error.headers.fields { headers.add(removed(from: field.name), removed(from: field.value)) }
        return ServiceError(
            status: error.status, code: removed(from: error.code), message: removed(from: error.message),
            requestId: error.requestId.map(removed), hostId: error.hostId.map(removed), headers: headers)
    }
}
