import Glibc

/// Where the system keeps the certificates that it trusts.
enum SystemCertificates {
    /// The first of the usual files that is there; `nil` leaves it to libcurl's own default.
    static let file: String? = [
        "/etc/ssl/certs/ca-certificates.crt",  // Debian
        "/etc/pki/tls/certs/ca-bundle.crt",  // Amazon Linux, Fedora
        "/etc/ssl/cert.pem",  // Alpine
    ].first { access($0, R_OK) == 0 }
}
