/// What `~/.aws/config` or `~/.aws/credentials` says.
struct ConfigFile: Sendable, Equatable {
    /// The two files differ in how a section is named: `[profile dev]` in the one, `[dev]` in the other.
    enum Kind: Sendable {
        case config
        case credentials
    }

    /// A property's value, and where it stands.
    struct Value: Sendable, Equatable {
        var text: String
        /// The indented `name = value` lines under a property that has no value of its own.
        var nested: [String: Value] = [:]
        /// Where it stands, as `FILE:LINE`.
        var origin: String
    }

    /// The properties of a section, by their names in lower case.
    typealias Section = [String: Value]

    var profiles: [String: Section] = [:]
    var ssoSessions: [String: Section] = [:]
    var services: [String: Section] = [:]
}

extension ConfigFile {
    /// This file's sections with those of the credentials file, which wins where both say something.
    func merging(credentials: ConfigFile) -> ConfigFile {
        var merged = self
        for (name, section) in credentials.profiles {
            merged.profiles[name, default: [:]].merge(section) { _, fromCredentials in fromCredentials }
        }
        return merged
    }
}

extension ConfigFile.Value: CustomStringConvertible, CustomReflectable {
    /// The place alone, as the value may be a secret.
    var description: String { origin }
    /// The place alone, so that `dump` shows no secret either.
    var customMirror: Mirror { Mirror(self, children: ["origin": origin]) }
}
