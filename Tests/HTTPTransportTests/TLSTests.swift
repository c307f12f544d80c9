import Glibc
import HTTPTransport
import TestSupport
import Testing

/// TLS, against OpenSSL's own test server with a certificate made for the test.
@Suite struct TLSTests {
    @Test(arguments: [
        ("its own certificate is trusted", "IP:127.0.0.1", true, nil),
        ("an unknown certificate is refused", "IP:127.0.0.1", false, HTTPError.Phase.tls),
        ("a certificate of another host is refused", "DNS:elsewhere.example", true, HTTPError.Phase.tls),
    ])
    func verifiesTheServer(what: String, name: String, trusted: Bool, refusal: HTTPError.Phase?) async throws {
        let folder = try temporaryFolder()
        defer {
            for file in ["key.pem", "cert.pem"] { unlink("\(folder)/\(file)") }
            rmdir(folder)
        }
        try makeCertificate(in: folder, for: name)
        let port = try freePort()
        let server = try ChildProcess([
            "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-quiet", "-key", "\(folder)/key.pem",
            "-cert", "\(folder)/cert.pem",
        ])
        defer { server.terminate() }
        let client = try HTTPClient(.init(certificateAuthorities: trusted ? "\(folder)/cert.pem" : nil))
        let result = await firstAnswer(client, "https://127.0.0.1:\(port)/")
        switch refusal {
        case nil: #expect(try result.get() == 200)
        case let phase?:
            let error = #expect(throws: HTTPError.self) { try result.get() }
            #expect(error?.phase == phase)
            #expect(error?.mayHaveBeenSent == false)
        }
    }

    /// Asks until the server listens.
    private func firstAnswer(_ client: HTTPClient, _ url: String) async -> Result<Int, HTTPError> {
        let start = ContinuousClock.now
        while true {
            do throws(HTTPError) {
                return .success(try await client.send(HTTPRequest(url: url), collectingUpTo: 1 << 20).status)
            } catch {
                guard error.phase == .connect, ContinuousClock.now - start < .seconds(10) else {
                    return .failure(error)
                }
            }
        }
    }

    private func makeCertificate(in folder: String, for name: String) throws {
        let openssl = try ChildProcess([
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
            "-addext", "subjectAltName=\(name)", "-keyout", "\(folder)/key.pem", "-out", "\(folder)/cert.pem",
        ])
        #expect(openssl.wait() == 0)
    }

    private func temporaryFolder() throws -> String {
        var template = Array("/tmp/s3haul-tls-XXXXXX".utf8CString)
        #expect(mkdtemp(&template) != nil)
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func freePort() throws -> UInt16 { try ScriptedServer { _ in [] }.port }
}
