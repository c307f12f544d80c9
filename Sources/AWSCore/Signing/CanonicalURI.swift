extension SigV4 {
    /// The path that is signed.
    ///
    /// For S3 it is the path as it is sent, since keys may hold `.`, `..` and `//`. For every other service it is
    /// normalised (RFC 3986, section 5.2.4, and one slash for several) and encoded once more.
    static func canonicalPath(_ path: String, service: String) -> String {
        if path.isEmpty { return "/" }
        return service == "s3" ? path : normalised(path).percentEncoded(keepingSlashes: true)
    }

    private static func normalised(_ path: String) -> String {
        if path == "/" { return path }
        let segments = path.split(separator: "/", omittingEmptySubsequences: true)
        var kept: [Substring] = []
        for segment in segments where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let endsInFolder = path.hasSuffix("/") || segments.last == "." || segments.last == ".."
        return "/" + kept.joined(separator: "/") + (endsInFolder && !kept.isEmpty ? "/" : "")
    }

    /// The query in the form in which it is signed, and sent: encoded, sorted, with `=` behind every name.
    static func canonicalQuery(_ query: [(name: String, value: String)]) -> String {
        if query.isEmpty { return "" }
        let encoded = query.map {
            (name: $0.name.percentEncoded(keepingSlashes: false), value: $0.value.percentEncoded(keepingSlashes: false))
        }
        return encoded.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { $0.name + "=" + $0.value }
            .joined(separator: "&")
    }
}
