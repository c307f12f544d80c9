import CCrypto

/// What has to be said to OpenSSL before anything uses it.
enum OpenSSL {
    /// Leaves its memory alone at exit: other threads may be using it still.
    static func keepUntilExit() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
    }
}
