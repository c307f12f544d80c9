/// SHA-1 (FIPS 180-4), through libcrypto: what AWS names SSO's cache files by; it protects nothing here.
public enum SHA1 {
    /// The digest, 20 bytes, of everything in memory at once; `nil` when libcrypto gives none.
    public static func digest(_ bytes: [UInt8]) -> [UInt8]? {
        DigestAlgorithm.sha1.map { algorithm in bytes.withUnsafeBytes { algorithm.digest($0) } }
    }
}
