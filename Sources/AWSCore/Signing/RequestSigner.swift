internal import Checksums
internal import HTTPTransport

/// Signs requests, and remembers the keys that do not change between them.
final class RequestSigner: Sendable {
    private struct KeyScope: Hashable {
        var date: String
        var region: String
        var service: String
        var secretAccessKey: String
    }

    /// How many keys are remembered: regions times services times days is never near it.
    private static let maximumKeys = 256

    private let keys = Locked([KeyScope: [UInt8]]())

    /// The request as it is sent: with its query encoded, and signed if there are credentials.
    ///
    /// `seconds` is the time of the signature, in seconds since 1970.
    func sign(_ request: AWSRequest, with credentials: AWSCredentials?, at seconds: Int64) -> HTTPRequest {
        let path = request.endpoint.basePath + request.path
        let query = SigV4.canonicalQuery(request.query)
        var headers = request.headers
        if let credentials {
            headers = signedHeaders(of: request, path: path, query: query, credentials, seconds)
        }
        let url =
            request.endpoint.scheme + "://" + request.endpoint.authority + (path.isEmpty ? "/" : path)
            + (query.isEmpty ? "" : "?" + query)
        return HTTPRequest(
            method: request.method, url: url, headers: headers, body: request.body, deadlines: request.deadlines)
    }

    private func signedHeaders(
        of request: AWSRequest, path: String, query: String, _ credentials: AWSCredentials, _ seconds: Int64
    ) -> HTTPHeaders {
        let service = request.service.signingName
        let time = SigningTime(secondsSince1970: seconds)
        let payloadHash = Self.payloadHash(of: request)
        var headers = request.headers
        headers.add("x-amz-date", time.timestamp)
        if service == "s3" { headers["x-amz-content-sha256"] = payloadHash }
        if let token = credentials.sessionToken { headers.add("x-amz-security-token", token) }
        let canonical = SigV4.canonicalRequest(
            method: request.method, path: SigV4.canonicalPath(path, service: service), query: query,
            headers: headers.fields + [HTTPHeaders.Field(name: "host", value: request.endpoint.authority)],
            payloadHash: payloadHash)
        let scope = SigV4.credentialScope(date: time.date, region: request.region, service: service)
        let signature = SigV4.signature(
            key: key(credentials, date: time.date, region: request.region, service: service),
            stringToSign: SigV4.stringToSign(time: time, scope: scope, canonicalRequest: canonical.bytes))
        headers.add(
            "authorization",
            SigV4.authorization(
                accessKeyId: credentials.accessKeyId, scope: scope, signedHeaders: canonical.signedHeaders,
                signature: signature))
        return headers
    }

    private static func payloadHash(of request: AWSRequest) -> String {
        switch (request.payload, request.body) {
        case (.digest(let hash), _): hash
        case (.unsigned, _), (.signed, .stream): SigV4.unsignedPayload
        case (.signed, .empty): SigV4.emptyPayload
        case (.signed, .bytes(let bytes)): SHA256.digest(bytes).hexadecimal
        }
    }

    private func key(_ credentials: AWSCredentials, date: String, region: String, service: String) -> [UInt8] {
        let scope = KeyScope(
            date: date, region: region, service: service, secretAccessKey: credentials.secretAccessKey)
        return keys.withLock { keys in
            if let key = keys[scope] { return key }
            if keys.count >= Self.maximumKeys { keys.removeAll() }
            let key = SigV4.signingKey(
                secretAccessKey: credentials.secretAccessKey, date: date, region: region, service: service)
            keys[scope] = key
            return key
        }
    }
}
