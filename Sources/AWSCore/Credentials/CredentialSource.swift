/// One of the places that credentials may come from.
protocol CredentialSource: Sendable {
    /// What errors call it.
    var name: String { get }

    /// Asks it once, without a memory of earlier answers.
    ///
    /// - Throws: `SourceFailure` when it is set up and yet gives nothing; no other source is asked then.
    func load() async throws(SourceFailure) -> SourceAnswer
}

/// What a source that does not fail answers.
enum SourceAnswer: Sendable, Equatable {
    case found(AWSCredentials)
    /// It is not set up; the text says what is missing.
    case absent(String)
}

/// Why a source that is set up gives no credentials; the text holds no secret.
struct SourceFailure: Error, Equatable {
    var reason: String
    /// Whether it may give some a little later: it was overloaded, broken or out of reach.
    var isTransient: Bool

    init(_ reason: String, isTransient: Bool = false) {
        self.reason = reason
        self.isTransient = isTransient
    }
}

/// Asks sources one after the other, until one has credentials or fails.
struct CredentialSourceChain: CredentialProvider {
    let sources: [any CredentialSource]

    func credentials() async throws(CredentialError) -> AWSCredentials {
        var tried: [String] = []
        for source in sources {
            do {
                switch try await source.load() {
                case .found(let credentials): return credentials
                case .absent(let reason): tried.append("\(source.name): \(reason)")
                }
            } catch {
                throw CredentialError(
                    tried: tried + ["\(source.name): \(error.reason)"], isTransient: error.isTransient)
            }
        }
        throw CredentialError(tried: tried)
    }

    func invalidate(_ refused: AWSCredentials) {}
}
