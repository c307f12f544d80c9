import FoundationEssentials
import HTTPTransport

extension ServiceError {
    /// What a reply says of an error: in XML as S3, STS and SQS's old protocol do, in JSON as Batch and SQS do, or by
    /// its status alone.
    init(_ response: HTTPCollectedResponse) {
        let headers = response.headers
        self.init(
            status: response.status, code: "",
            requestId: headers["x-amz-request-id"] ?? headers["x-amzn-requestid"] ?? headers["x-amzn-request-id"],
            hostId: headers["x-amz-id-2"], headers: headers)
        readHeader()
        switch response.body.first(where: { !isXMLWhiteSpace($0) }) {
        case UInt8(ascii: "<"): readXML(response.body)
        case UInt8(ascii: "{"): readJSON(response.body)
        default: break
        }
        if code.isEmpty { code = ErrorCodes.code(ofStatus: status) }
        removeSignedHeader()
        code = ErrorText.oneLine(code, limit: 200)
        message = ErrorText.oneLine(message, limit: 1_000)
    }

    /// Cuts off what a service repeats of the request when its signature is wrong: the session token is in it.
    private mutating func removeSignedHeader() {
        guard let start = message.firstRange(of: "The Canonical String")?.lowerBound else { return }
        message = String(message[..<start].prefix { !$0.isNewline })
    }

    /// `x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender`, or `x-amzn-errortype: Name:http://…`.
    private mutating func readHeader() {
        if let error = headers["x-amzn-query-error"] {
            code = String(error.prefix { $0 != ";" })
        } else if let type = headers["x-amzn-errortype"] {
            code = Self.shortName(type)
        }
    }

    private mutating func readXML(_ body: [UInt8]) {
        guard let root = try? XMLElement(parsing: body) else { return }
        let error = root.name == "Error" ? root : root["Error"] ?? root["Errors"]?["Error"] ?? root
        code = error.text(of: "Code") ?? code
        message = error.text(of: "Message") ?? message
        requestId = error.text(of: "RequestId") ?? root.text(of: "RequestId") ?? requestId
        hostId = error.text(of: "HostId") ?? hostId
        if let region = error.text(of: "Region"), headers["x-amz-bucket-region"] == nil {
            headers["x-amz-bucket-region"] = region
        }
    }

    private mutating func readJSON(_ body: [UInt8]) {
        guard let content = try? JSONDecoder().decode(Body.self, from: Data(body)) else { return }
        if code.isEmpty, let type = content.type ?? content.code { code = Self.shortName(type) }
        message = content.message ?? content.capitalMessage ?? message
    }

    private struct Body: Decodable {
        var type: String?
        var code: String?
        var message: String?
        var capitalMessage: String?

        enum CodingKeys: String, CodingKey {
            case type = "__type"
            case code
            case message
            case capitalMessage = "Message"
        }
    }

    /// `QueueDoesNotExist` of `com.amazonaws.sqs#QueueDoesNotExist:http://…`.
    private static func shortName(_ type: String) -> String {
        let name = type.prefix { $0 != ":" }
        return String(name.split(separator: "#").last ?? name)
    }

    /// Whether the body of a successful reply is an error all the same (S3 API Reference: CopyObject).
    static func isError(body: [UInt8]) -> Bool {
        // The root element stands behind white space and the XML declaration.
        var rest = body.drop { isXMLWhiteSpace($0) }
        if rest.starts(with: "<?".utf8), let end = rest.firstIndex(of: UInt8(ascii: ">")) {
            rest = rest[(end + 1)...].drop { isXMLWhiteSpace($0) }
        }
        return rest.starts(with: "<Error>".utf8) || rest.starts(with: "<Error ".utf8)
    }
}
