extension Endpoint {
    /// A configured endpoint, from its URL: `http://localhost:9000`, `https://storage.example.com/s3`.
    ///
    /// - Parameters:
    ///   - url: A URL of scheme, host, port and path.
    ///   - origin: Where it was configured, for the error.
    /// - Throws: `ConfigurationError` for everything else.
    init(url: String, origin: String) throws(ConfigurationError) {
        // What stands before an @ may be a password: the URL is not repeated.
        guard !url.utf8.contains(UInt8(ascii: "@")) else {
            throw ConfigurationError("\(origin) has an @ in its URL; leave out user name and password")
        }
        guard let endpoint = Self(parsing: url) else {
            throw ConfigurationError(
                "\(origin) is \"\(url)\", which is no URL of a service; write one such as https://s3.example.com:9000")
        }
        self = endpoint
    }

    private init?(parsing url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !url.contains(where: { "?#\\\"<>^`{|}".contains($0) }),
            let scheme = ["http", "https"].first(where: { url.lowercased().utf8.starts(with: "\($0)://".utf8) })
        else { return nil }
        let rest = url.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" }
        guard let authority = Self.authority(authority.lowercased(), defaultPort: scheme == "https" ? 443 : 80) else {
            return nil
        }
        var path = rest.drop { $0 != "/" }
        while path.last == "/" { path.removeLast() }
        self.init(scheme: scheme, authority: authority, basePath: String(path), isCustom: true)
    }

    /// `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`, without the scheme's own port; `nil` for everything else.
    private static func authority(_ text: String, defaultPort: UInt16) -> String? {
        let hostEnd = text.first == "[" ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        if text.first == "[", hostEnd == nil { return nil }
        let host = text[..<(hostEnd ?? text.endIndex)]
        let isHost =
            host.first == "["
            ? host.dropFirst().dropLast().utf8.allSatisfy { $0.isHexDigit || ":.".utf8.contains($0) } && host.count > 2
            : host.utf8.allSatisfy { $0.isHostLabelByte || "._".utf8.contains($0) } && !host.isEmpty
        guard isHost else { return nil }
        let suffix = text[host.endIndex...]
        if suffix.isEmpty { return String(host) }
        guard suffix.first == ":", suffix.dropFirst().utf8.allSatisfy(\.isDigit),
            let port = UInt16(suffix.dropFirst()), port > 0
        else { return nil }
        return port == defaultPort ? String(host) : "\(host):\(port)"
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isHexDigit: Bool { isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self) }
}
