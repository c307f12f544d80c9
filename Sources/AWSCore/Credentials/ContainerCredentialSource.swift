internal import HTTPTransport

/// The endpoint that ECS, EKS and the like give to a container.
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html)
struct ContainerCredentialSource: CredentialSource {
    let environment: Environment
    let readFile: FileReader
    let service: LocalService
    /// What `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` is relative to.
    var relativeBase = "http://169.254.170.2"

    let name = "container endpoint"

    func load() async throws(SourceFailure) -> SourceAnswer {
        guard let url = try url() else {
            return .absent(
                "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set")
        }
        var headers: HTTPHeaders = ["Accept": "application/json"]
        headers["Authorization"] = try token()
        let response: HTTPCollectedResponse
        do throws(HTTPError) {
            response = try await service.send("GET", url, headers)
        } catch {
            throw SourceFailure("\(error)", isTransient: error.isTransient)
        }
        guard response.status == 200 else {
            throw SourceFailure(
                "it answered with status \(response.status)", isTransient: LocalService.isBusy(response.status))
        }
        return .found(try CredentialDocument(parsing: response.body).credentials())
    }

    private func url() throws(SourceFailure) -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(\.isURLByte) else {
                throw SourceFailure("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path that starts with /")
            }
            return relativeBase + path
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        guard url.utf8.allSatisfy(\.isURLByte),
            let endpoint = try? Endpoint(url: String(url.prefix { $0 != "?" }), origin: name)
        else { throw SourceFailure("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL") }
        guard endpoint.scheme == "https" || endpoint.isOnThisMachineOrLink else {
            throw SourceFailure(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or a loopback, ECS or EKS address; "
                    + "\(endpoint.authority) is none")
        }
        return url
    }

    /// What is sent as `Authorization`; the file is read anew each time, as EKS replaces it.
    private func token() throws(SourceFailure) -> String? {
        var origin = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
        var token = environment[origin]
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            token = try readToken(path, readFile)
            origin = path
        }
        guard let token else { return nil }
        guard token.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw SourceFailure("\(origin) has a line break or control character in it")
        }
        return token
    }
}

/// The text of a token file.
func readToken(_ path: String, _ readFile: FileReader) throws(SourceFailure) -> String {
    do throws(ConfigurationError) {
        guard let content = try readFile(path) else { throw ConfigurationError("there is no \(path)") }
        return String(decoding: content, as: UTF8.self)
    } catch {
        throw SourceFailure(error.description)
    }
}

extension Endpoint {
    /// Whether what is sent to it in the clear stays on this machine, or goes to ECS's or EKS's agent beside it.
    fileprivate var isOnThisMachineOrLink: Bool {
        let host = authority.first == "[" ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isLoopback = parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
        return isLoopback || ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host)
    }
}

extension UInt8 {
    fileprivate var isURLByte: Bool { self > 0x20 && self < 0x7F }
}
