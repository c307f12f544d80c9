import HTTPTransport
import TestSupport
import Testing

@testable import AWSCore

/// No secret may stand in an error or a log line, not even when a hostile server sends it back.
@Suite struct SecrecyTests {
    private static let canaries = [
        "canarySecretKey/0123+4567", "canarySessionToken//89ab+cdef==", "canaryCustomerKey0123456789==",
        "canaryCopyKey0123456789==", "canaryBearerToken0123456789",
    ]

    private static func request(_ server: ScriptedServer, _ method: String) -> AWSRequest {
        AWSRequest(
            operation: "GetObject", service: .s3, region: "us-east-1",
            endpoint: Endpoint(scheme: "http", authority: "127.0.0.1:\(server.port)", isCustom: true),
            method: method, path: "/bucket/key",
            headers: [
                "x-amz-server-side-encryption-customer-key": canaries[2],
                "x-amz-copy-source-server-side-encryption-customer-key": canaries[3],
                "x-amz-sso_bearer_token": canaries[4],
            ], subject: "s3://bucket/key", mayFailInside200: true)
    }

    private struct Provider: CredentialProvider {
        func credentials() async throws(CredentialError) -> AWSCredentials {
            AWSCredentials(accessKeyId: "AKID", secretAccessKey: canaries[0], sessionToken: canaries[1])
        }
        func invalidate(_ refused: AWSCredentials) {}
    }

    /// All that the client sent, and its secret key, which it did not send but which a test knows.
    @Sendable
    private static func echo(_ request: ScriptedServer.Request) -> String {
        request.headers.fields.map { "\($0.name): \($0.value)" }.joined(separator: "; ") + canaries[0]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: ScriptedServer.Script
    }

    private static let cases = [
        Case(testDescription: "XML message") {
            .respond(400, body: "<Error><Code>ExpiredToken</Code><Message>\(echo($0))</Message></Error>")
        },
        Case(testDescription: "XML code and ids") {
            let text = echo($0)
            let ids = "<RequestId>\(text)</RequestId><HostId>\(text)</HostId><Region>\(text)</Region>"
            return .respond(403, body: "<Error><Code>\(text)</Code>\(ids)</Error>")
        },
        Case(testDescription: "error inside 200") {
            .respond(200, body: "<Error><Code>InternalError</Code><Message>\(echo($0))</Message></Error>")
        },
        Case(testDescription: "JSON") {
            .respond(400, body: "{\"__type\": \"a#B\", \"message\": \"\(echo($0))\"}")
        },
        Case(testDescription: "header fields") {
            let text = echo($0)
            return .respond(503, ["x-amz-request-id": text, "x-amz-id-2": text, "x-amzn-errortype": text])
        },
        Case(testDescription: "status line") {
            [.send([UInt8]("HTTP/1.1 500 \(echo($0))\r\nContent-Length: 0\r\n\r\n".utf8))]
        },
        Case(testDescription: "no HTTP") { [.send([UInt8]("\(echo($0))\r\n\r\n".utf8)), .close] },
        Case(testDescription: "cut body") {
            [.send([UInt8]("HTTP/1.1 500 X\r\nContent-Length: 9000\r\n\r\n\(echo($0))".utf8)), .reset]
        },
    ]

    @Test(arguments: cases, ["GET", "HEAD"])
    private func noneIsShown(_ row: Case, _ method: String) async throws {
        let server = try ScriptedServer(script: row.script)
        let lines = Locked<[String]>([])
        let client = try AWSClientTests.client(
            AWSClientTests.Waits(), attempts: 2, credentials: Provider(),
            log: { line in lines.withLock { $0.append(line) } })
        var errors: [AWSError] = []
        do { _ = try await client.send(Self.request(server, method)) } catch { errors.append(error) }
        do { _ = try await client.stream(Self.request(server, method)) } catch { errors.append(error) }
        var shown = lines.withLock { $0 }
        #expect(!shown.isEmpty)
        for error in errors {
            var dumped = ""
            dump(error, to: &dumped)
            shown += [dumped, "\(error)", String(reflecting: error)]
        }
        let signatures = server.requests.compactMap { request in
            request.headers["authorization"].map { String($0.suffix(64)) }
        }
        #expect(signatures.count == server.requests.count && !signatures.isEmpty)
        for text in shown {
            for canary in Self.canaries + signatures {
                #expect(!text.contains(canary), "\(canary) in \(text)")
            }
        }
    }
}
