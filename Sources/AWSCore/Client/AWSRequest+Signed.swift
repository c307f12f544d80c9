import HTTPTransport

extension AWSRequest {
    /// The request as it is sent: with its query encoded, and signed where there are credentials.
    func signed(with credentials: AWSCredentials?, at date: Int64) -> HTTPRequest {
        let query = self.query
            .map {
                "\($0.name.percentEncoded(keepingSlashes: false))=\($0.value.percentEncoded(keepingSlashes: false))"
            }
            .joined(separator: "&")
        let url = "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)\(path)"
        return HTTPRequest(
            method: method, url: query.isEmpty ? url : "\(url)?\(query)", headers: headers, body: body,
            deadlines: deadlines)
    }
}
