/// SHA-256 (FIPS 180-4), through libcrypto.
public struct SHA256: ~Copyable, Sendable {
    private let context: DigestContext

    /// Starts a digest of no bytes.
    public init() { context = SHA256.required(DigestContext(Self.algorithm)) }

    /// Adds bytes behind those so far.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { context.update($0) } }

    /// Adds bytes behind those so far, which are only read, within the call.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    /// The digest, 32 bytes, of all bytes.
    public consuming func finish() -> [UInt8] { context.finish() }

    /// The digest, 32 bytes, of everything in memory at once.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { algorithm.digest($0) } }

    private static var algorithm: DigestAlgorithm { required(DigestAlgorithm.sha256) }

    /// Why there is no SHA-256, without which nothing can be signed or proven; `nil` where there is.
    ///
    /// Every libcrypto has it, but a configuration file may leave none of its providers active. A program asks before it
    /// does anything else.
    public static var problem: String? {
        guard DigestAlgorithm.sha256 == nil else { return nil }
        return "libcrypto gives no SHA-256; have openssl.cnf, or what OPENSSL_CONF names, activate its default provider"
    }

    /// The programs do not go on where `problem` names one: only lack of memory ends here.
    private static func required<Value: ~Copyable>(_ value: consuming Value?) -> Value {
        guard let value else { fatalError("libcrypto gives no SHA-256") }
        return value
    }
}
