import FoundationEssentials
import HTTPTransport
import Testing

@testable import AWSCore

/// The signer against AWS's published vectors, and against what botocore makes of the same requests.
@Suite struct SigningTests {
    /// A request of AWS's suite: https://github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4.
    struct SuiteCase: Decodable, Sendable, CustomTestStringConvertible {
        var name: String
        var method: String
        var target: String
        var headers: [[String]]
        var normalised: Bool
        var signature: String
        var testDescription: String { name }
    }

    /// A request that `scripts/generate-signing-vectors` had botocore sign.
    struct BotocoreCase: Decodable, Sendable {
        var method: String
        var host: String
        var path: String
        var query: [[String]]
        var headers: [[String]]
        var payload: [String]
        var region: String
        var time: Int64
        var token: String?
        var canonicalRequest: String
        var stringToSign: String
        var authorization: String
    }

    private static let suite = fixture("aws-signing-test-suite", of: SuiteCase.self)
    private static let botocore = fixture("botocore-s3", of: BotocoreCase.self)

    private static func fixture<Value: Decodable>(_ name: String, of type: Value.Type) -> [Value] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
        return (try? JSONDecoder().decode([Value].self, from: Data(contentsOf: file))) ?? []
    }

    private static func fields(_ headers: [[String]]) -> [HTTPHeaders.Field] {
        headers.map { HTTPHeaders.Field(name: $0[0], value: $0[1]) }
    }

    private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

    @Test func hasItsFixtures() {
        #expect(Self.suite.count == 24)
        #expect(Self.botocore.count == 240)
    }

    @Test(arguments: suite)
    func agreesWithAWS(_ row: SuiteCase) {
        let parts = row.target.split(separator: "?", maxSplits: 1).map(String.init)
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }
        let time = SigningTime(secondsSince1970: 1_440_938_160)
        // Where a case is not normalised, its path holds nothing that encoding would change: S3's rule gives the same.
        let path = SigV4.canonicalPath(parts[0], service: row.normalised ? "service" : "s3")
        let headers = Self.fields(row.headers + [["Host", "example.amazonaws.com"], ["X-Amz-Date", time.timestamp]])
        let canonical = SigV4.canonicalRequest(
            method: row.method, path: path, query: SigV4.canonicalQuery(query), headers: headers,
            payloadHash: SigV4.emptyPayload)
        let scope = SigV4.credentialScope(date: time.date, region: "us-east-1", service: "service")
        let key = SigV4.signingKey(
            secretAccessKey: Self.secret, date: time.date, region: "us-east-1", service: "service")
        let text = SigV4.stringToSign(time: time, scope: scope, canonicalRequest: canonical.bytes)
        #expect(time.timestamp == "20150830T123600Z")
        #expect(SigV4.signature(key: key, stringToSign: text) == row.signature)
    }

    @Test func agreesWithBotocore() {
        let signer = RequestSigner()
        for (number, row) in Self.botocore.enumerated() {
            let body = [UInt8](row.payload[1].utf8)
            var headers = HTTPHeaders()
            for field in Self.fields(row.headers) { headers.add(field.name, field.value) }
            let request = AWSRequest(
                operation: "Any", service: .s3, region: row.region,
                endpoint: Endpoint(scheme: "https", authority: row.host, isCustom: true), method: row.method,
                path: row.path, query: row.query.map { ($0[0], $0[1]) }, headers: headers,
                body: body.isEmpty ? .empty : .bytes(body), payload: row.payload[0] == "unsigned" ? .unsigned : .signed,
                subject: "any")
            let credentials = AWSCredentials(
                accessKeyId: "AKIDEXAMPLE", secretAccessKey: Self.secret, sessionToken: row.token)
            let signed = signer.sign(request, with: credentials, at: row.time)
            let time = SigningTime(secondsSince1970: row.time)
            let hash = signed.headers["x-amz-content-sha256"] ?? ""
            let host = HTTPHeaders.Field(name: "host", value: row.host)
            let canonical = SigV4.canonicalRequest(
                method: row.method, path: row.path, query: SigV4.canonicalQuery(request.query),
                headers: signed.headers.fields.filter { $0.name != "authorization" } + [host], payloadHash: hash)
            let scope = SigV4.credentialScope(date: time.date, region: row.region, service: "s3")
            let text = SigV4.stringToSign(time: time, scope: scope, canonicalRequest: canonical.bytes)
            #expect(String(decoding: canonical.bytes, as: UTF8.self) == row.canonicalRequest, "request \(number)")
            #expect(String(decoding: text, as: UTF8.self) == row.stringToSign, "request \(number)")
            #expect(signed.headers["authorization"] == row.authorization, "request \(number)")
            #expect(signed.headers["x-amz-security-token"] == row.token, "request \(number)")
        }
    }

    @Test func sendsWhatItSigns() {
        let endpoint = Endpoint(scheme: "http", authority: "localhost:1", basePath: "/base", isCustom: true)
        let request = AWSRequest(
            operation: "Any", service: .s3, region: "r", endpoint: endpoint, method: "GET", path: "/b/a%20/../x",
            query: [("b", "ü"), ("a", "")], subject: "any")
        let unsigned = RequestSigner().sign(request, with: nil, at: 0)
        #expect(unsigned.url == "http://localhost:1/base/b/a%20/../x?a=&b=%C3%BC")
        #expect(unsigned.headers.fields.isEmpty)
    }

    @Test func signsStreamsAndKnownDigestsWithoutReadingThem() {
        let endpoint = Endpoint(scheme: "http", authority: "localhost:1", isCustom: true)
        var request = AWSRequest(
            operation: "Any", service: .s3, region: "r", endpoint: endpoint, method: "PUT", path: "/b/k",
            body: .stream(length: 1) { nil }, subject: "any")
        let credentials = AWSCredentials(accessKeyId: "A", secretAccessKey: "S")
        func hash() -> String? {
            RequestSigner().sign(request, with: credentials, at: 0).headers["x-amz-content-sha256"]
        }
        #expect(hash() == "UNSIGNED-PAYLOAD")
        request.payload = .digest("abc")
        #expect(hash() == "abc")
        request.service = .sqs
        #expect(hash() == nil)
    }

    @Test(arguments: [
        (Int64(0), "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_868_799, "20000229T235959Z"),
        (4_107_542_399, "21000228T235959Z"), (-1, "19691231T235959Z"),
    ])
    func writesTimes(_ seconds: Int64, _ expected: String) {
        let time = SigningTime(secondsSince1970: seconds)
        #expect(time.timestamp == expected)
        #expect(time.date == String(expected.prefix(8)))
    }

    @Test(arguments: [
        ("/", "/"), ("", "/"), ("/a/../..", "/"), ("/a/b/..", "/a/"), ("/..//a", "/a"), ("/a%20b", "/a%2520b"),
        ("/v1/submitjob", "/v1/submitjob"),
    ])
    func normalisesPathsOfOtherServices(_ path: String, _ expected: String) {
        #expect(SigV4.canonicalPath(path, service: "batch") == expected)
    }
}
