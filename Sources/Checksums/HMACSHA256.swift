/// HMAC with SHA-256 (RFC 2104), for messages that are in memory.
///
/// Of libcrypto's digests: its own HMAC looks its algorithm up on each call, which doubles the time for a short text.
public enum HMACSHA256 {
    private static let blockSize = 64

    /// The authentication code, 32 bytes, of a message.
    public static func authenticationCode(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        let key = key.count > blockSize ? SHA256.digest(key) : key
        let inner = SHA256.digest(padded(key, 0x36, message))
        return SHA256.digest(padded(key, 0x5C, inner))
    }

    /// The key in a block of its own, each byte combined with `pad`, and the rest: all of the capacity asked for.
    private static func padded(_ key: [UInt8], _ pad: UInt8, _ rest: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: blockSize + rest.count) { buffer, count in
            for index in 0..<blockSize { buffer[index] = (index < key.count ? key[index] : 0) ^ pad }
            count = blockSize + rest.count
            _ = UnsafeMutableBufferPointer(rebasing: buffer[blockSize...]).update(from: rest)
        }
    }
}
