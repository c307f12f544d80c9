internal import Checksums
internal import HTTPTransport

/// Signature Version 4 in AWS's own steps, as pure functions over bytes.
///
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
enum SigV4 {
    static let algorithm = "AWS4-HMAC-SHA256"
    /// The payload hash of a body that is not signed.
    static let unsignedPayload = "UNSIGNED-PAYLOAD"
    /// The payload hash of no body.
    static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Fields that libcurl or a proxy may set or change on the way, as botocore's signer leaves them out.
    private static let unsignedHeaders: Set<String> = [
        "connection", "content-length", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// A request in the form in which it is signed.
    struct CanonicalRequest {
        /// The canonical request.
        var bytes: [UInt8]
        /// The names of the signed header fields, sorted, with semicolons between them.
        var signedHeaders: String
    }

    /// Step 1: the canonical request.
    ///
    /// - Parameters:
    ///   - method: The HTTP method.
    ///   - path: The canonical path: see `canonicalPath`.
    ///   - query: The canonical query: see `canonicalQuery`.
    ///   - headers: All header fields, `Host` included, in the order in which repeated ones are sent.
    ///   - payloadHash: The SHA-256 of the body in hexadecimal, or `UNSIGNED-PAYLOAD`.
    /// - Returns: The canonical request, and the names of the header fields that are in it.
    static func canonicalRequest(
        method: String, path: String, query: String, headers: [HTTPHeaders.Field], payloadHash: String
    ) -> CanonicalRequest {
        let signed = headers.lazy.map { (name: $0.name.lowercasedASCII, value: $0.value) }
            .filter { !unsignedHeaders.contains($0.name) }
            .enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }.map(\.element)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(768)
        bytes.append(line: method)
        bytes.append(line: path)
        bytes.append(line: query)
        var names = ""
        for (index, field) in signed.enumerated() {
            if index > 0, signed[index - 1].name == field.name {
                bytes[bytes.count - 1] = UInt8(ascii: ",")
            } else {
                bytes += field.name.utf8
                bytes.append(UInt8(ascii: ":"))
                if index > 0 { names += ";" }
                names += field.name
            }
            bytes.append(trimmed: field.value)
            bytes.append(UInt8(ascii: "\n"))
        }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(line: names)
        bytes += payloadHash.utf8
        return CanonicalRequest(bytes: bytes, signedHeaders: names)
    }

    /// What a signature holds for: date, region and service.
    static func credentialScope(date: String, region: String, service: String) -> String {
        date + "/" + region + "/" + service + "/aws4_request"
    }

    /// Step 3: the string to sign; step 2, the hash of the canonical request, is in it.
    static func stringToSign(time: SigningTime, scope: String, canonicalRequest: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        bytes.append(line: algorithm)
        bytes.append(line: time.timestamp)
        bytes.append(line: scope)
        bytes += SHA256.digest(canonicalRequest).hexadecimal.utf8
        return bytes
    }

    /// Step 4, first half: the key, which is the same for a day, a region and a service.
    static func signingKey(secretAccessKey: String, date: String, region: String, service: String) -> [UInt8] {
        [date, region, service, "aws4_request"].reduce([UInt8](("AWS4" + secretAccessKey).utf8)) { key, part in
            HMACSHA256.authenticationCode(of: [UInt8](part.utf8), key: key)
        }
    }

    /// Step 4, second half: the signature, in hexadecimal.
    static func signature(key: [UInt8], stringToSign: [UInt8]) -> String {
        HMACSHA256.authenticationCode(of: stringToSign, key: key).hexadecimal
    }

    /// Step 5: the `Authorization` header field.
    static func authorization(
        accessKeyId: String, scope: String, signedHeaders: String, signature: String
    ) -> String {
        algorithm + " Credential=" + accessKeyId + "/" + scope + ", SignedHeaders=" + signedHeaders + ", Signature="
            + signature
    }
}

extension [UInt8] {
    fileprivate mutating func append(line: String) {
        self += line.utf8
        append(UInt8(ascii: "\n"))
    }

    /// Appends text without white space at its ends, and with one space for each run of white space inside.
    fileprivate mutating func append(trimmed text: String) {
        let start = count
        var isSpacePending = false
        for byte in text.utf8 {
            if byte == 0x20 || (0x09...0x0D).contains(byte) {
                isSpacePending = count > start
            } else {
                if isSpacePending { append(0x20) }
                isSpacePending = false
                append(byte)
            }
        }
    }
}
