/// MD5 (RFC 1321), through libcrypto: what S3's ETags are made of.
public struct MD5: ~Copyable, Sendable {
    private let context: DigestContext

    /// Starts a digest of no bytes; `nil` where libcrypto is told to have approved algorithms only.
    public init?() {
        guard let algorithm = DigestAlgorithm.md5, let context = DigestContext(algorithm) else { return nil }
        self.context = context
    }

    /// Adds bytes behind those so far.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { context.update($0) } }

    /// Adds bytes behind those so far, which are only read, within the call.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// The digest, 16 bytes, of all bytes.
    public consuming func finish() -> [UInt8] { context.finish() }

    /// The digest, 16 bytes, of everything in memory at once; `nil` where `init` gives none.
    public static func digest(_ bytes: [UInt8]) -> [UInt8]? {
        DigestAlgorithm.md5.map { algorithm in bytes.withUnsafeBytes { algorithm.digest($0) } }
    }
}
