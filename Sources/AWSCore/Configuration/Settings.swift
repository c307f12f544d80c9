/// The environment and the config files of one user, with one profile chosen.
struct Settings: Sendable {
    /// A value, and where it stands: `AWS_MAX_ATTEMPTS`, or `max_attempts in FILE:LINE`.
    struct Setting: Sendable {
        var value: String
        var origin: String
    }

    let environment: Environment
    let files: ConfigFile
    let readFile: FileReader
    /// The chosen profile; `default` when none is named.
    let profileName: String
    let profile: ConfigFile.Section

    /// Reads the files and finds the profile.
    ///
    /// - Throws: `ConfigurationError` for a file that is unreadable or malformed, and for an `AWS_PROFILE` that is in
    ///   neither file.
    init(environment: Environment, readFile: @escaping FileReader) throws(ConfigurationError) {
        let config = try Self.read(.config, environment, readFile)
        let credentials = try Self.read(.credentials, environment, readFile)
        files = config.merging(credentials: credentials)
        self.environment = environment
        self.readFile = readFile
        profileName = environment["AWS_PROFILE"] ?? "default"
        guard let profile = files.profiles[profileName] ?? (environment["AWS_PROFILE"] == nil ? [:] : nil) else {
            let names = files.profiles.keys.sorted().joined(separator: ", ")
            throw ConfigurationError(
                "AWS_PROFILE names the profile \"\(profileName)\", which neither "
                    + "\(Self.path(of: .config, environment) ?? "~/.aws/config") nor "
                    + "\(Self.path(of: .credentials, environment) ?? "~/.aws/credentials") has"
                    + (names.isEmpty ? "" : "; there are: \(names)"))
        }
        self.profile = profile
    }

    /// The value of a variable, or of a key of the profile when the variable is absent.
    func value(_ variable: String, key: String) -> Setting? {
        if let value = environment[variable] { return Setting(value: value, origin: variable) }
        return profileValue(key)
    }

    /// The value of a key of the profile; an empty one counts as absent.
    func profileValue(_ key: String) -> Setting? {
        guard let value = profile[key], !value.text.isEmpty else { return nil }
        return Setting(value: value.text, origin: "\(key) in \(value.origin)")
    }

    /// A setting that is true or false.
    func flag(_ variable: String, key: String) throws(ConfigurationError) -> Bool {
        guard let setting = value(variable, key: key) else { return false }
        switch setting.value.lowercased() {
        case "true": return true
        case "false": return false
        default: throw ConfigurationError("\(setting.origin) is \"\(setting.value)\"; it must be true or false")
        }
    }

    /// A path with a leading `~/` replaced by the home folder.
    func expandingHome(_ path: String) -> String { Self.expandingHome(path, environment) ?? path }
}

extension Settings {
    private static func read(
        _ kind: ConfigFile.Kind, _ environment: Environment, _ readFile: FileReader
    ) throws(ConfigurationError) -> ConfigFile {
        guard let path = path(of: kind, environment), let content = try readFile(path) else { return ConfigFile() }
        return try ConfigFile(parsing: String(decoding: content, as: UTF8.self), kind: kind, path: path)
    }

    private static func path(of kind: ConfigFile.Kind, _ environment: Environment) -> String? {
        switch kind {
        case .config: expandingHome(environment["AWS_CONFIG_FILE"] ?? "~/.aws/config", environment)
        case .credentials:
            expandingHome(environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials", environment)
        }
    }

    private static func expandingHome(_ path: String, _ environment: Environment) -> String? {
        guard path.utf8.starts(with: "~/".utf8) else { return path }
        return environment["HOME"].map { $0 + path.dropFirst() }
    }
}
