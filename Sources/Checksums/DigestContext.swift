internal import CCrypto

/// A digest that libcrypto has under way.
struct DigestContext: ~Copyable, @unchecked Sendable {
    // Unchecked: the context belongs to this value alone, which cannot be copied, so that no two threads have it.
    private let context: OpaquePointer
    private let algorithm: DigestAlgorithm

    /// Starts a digest; `nil` when libcrypto gives none.
    init?(_ algorithm: DigestAlgorithm) {
        guard let context = EVP_MD_CTX_new() else { return nil }
        guard EVP_DigestInit_ex(context, algorithm.method, nil) == 1 else {
            EVP_MD_CTX_free(context)
            return nil
        }
        self.context = context
        self.algorithm = algorithm
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes behind those so far, which libcrypto only reads, within the call.
    func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// The digest of all bytes.
    consuming func finish() -> [UInt8] {
        algorithm.output { digest in EVP_DigestFinal_ex(context, digest, nil) }
    }
}

/// A digest's algorithm, looked up in libcrypto once: a look-up takes longer than the digest of a short text.
struct DigestAlgorithm: @unchecked Sendable {
    // Unchecked: libcrypto's method objects do not change after they are made.
    let method: OpaquePointer
    private let size: Int

    static let sha256 = DigestAlgorithm("SHA256")
    static let sha1 = DigestAlgorithm("SHA1")
    /// `nil` where libcrypto is told to have approved algorithms only.
    static let md5 = DigestAlgorithm("MD5")

    private init?(_ name: String) {
        // Whoever uses libcrypto first says whether its memory stays at exit, when other threads may still use it.
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        guard let method = EVP_MD_fetch(nil, name, nil) else { return nil }
        self.method = method
        size = Int(EVP_MD_get_size(method))
    }

    /// The digest of bytes that are all there.
    func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        output { digest in EVP_Digest(bytes.baseAddress, bytes.count, digest, nil, method, nil) }
    }

    /// What libcrypto writes, `size` bytes within the call; nothing, which no digest is equal to, should it fail.
    fileprivate func output(_ write: (UnsafeMutablePointer<UInt8>?) -> Int32) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { digest, count in
            count = write(digest.baseAddress) == 1 ? size : 0
        }
    }
}
