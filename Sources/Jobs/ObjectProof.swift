public import S3

/// Whether two objects are the same bytes, by what HeadObject says of both; nothing is read.
public enum ObjectProof {
    /// The proof that both are the same bytes, the strongest first; `nil` when what is known proves nothing.
    ///
    /// No proof does not mean that they differ: the same bytes have another ETag when they were uploaded in other
    /// parts or are encrypted with KMS, and many objects have no checksum.
    public static func between(_ source: HeadObjectOutput, _ destination: HeadObjectOutput) -> TaskRecord.Proof? {
        guard source.contentLength == destination.contentLength else { return nil }
        if let known = digestETag(of: source), known == digestETag(of: destination) { return .eTag }
        if let known = source.checksum, let found = destination.checksum, same(known, found) { return .checksum }
        return nil
    }

    /// Whether what HeadObject says of both shows that they differ: by size, or by a checksum over the whole object.
    public static func isRefuted(_ source: HeadObjectOutput, _ destination: HeadObjectOutput) -> Bool {
        if source.contentLength != destination.contentLength { return true }
        guard let known = source.checksum, let found = destination.checksum else { return false }
        return known.algorithm == found.algorithm && !isComposite(known) && !isComposite(found)
            && known.value != found.value
    }

    /// Whether an ETag has the form of an MD5: 32 hexadecimal digits, with `-N` behind them for N parts.
    public static func isDigest(eTag: String) -> Bool {
        let bytes = eTag.utf8
        guard bytes.count >= 32, bytes.prefix(32).allSatisfy(isHexadecimal) else {
            return false
        }
        let rest = eTag[bytes.index(bytes.startIndex, offsetBy: 32)...]
        return rest.isEmpty || rest.first == "-" && (Int(rest.dropFirst()).map { $0 > 0 } ?? false)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// How many parts an ETag says that its object was uploaded in; `nil` for one that says nothing of parts.
    public static func partCount(eTag: String) -> Int? {
        guard let dash = eTag.lastIndex(of: "-"), let count = Int(eTag[eTag.index(after: dash)...]), count > 0 else {
            return nil
        }
        return count
    }

    /// The ETag where it is made of MD5s of the bytes: not under KMS (User Guide, "Checking object integrity").
    private static func digestETag(of head: HeadObjectOutput) -> String? {
        let encryption = head.properties.serverSideEncryption ?? "AES256"
        guard encryption == "AES256", isDigest(eTag: head.eTag) else { return nil }
        return head.eTag.lowercased()
    }

    /// Equal values of a composite checksum mean equal parts: it is a checksum of the parts' checksums.
    private static func same(_ one: ObjectChecksum, _ other: ObjectChecksum) -> Bool {
        one.algorithm == other.algorithm && one.value == other.value && isComposite(one) == isComposite(other)
    }

    private static func isComposite(_ checksum: ObjectChecksum) -> Bool {
        checksum.type.map { $0 == "COMPOSITE" } ?? checksum.value.contains("-")
    }
}
