/// Everything that can be set: how objects are copied and bundled, and how the driver hands them on.
public struct RunSettings: Sendable, Equatable {
    /// How objects are copied.
    public var copy = CopySettings()
    /// How objects are put into archives.
    public var bundle = BundleSettings()
    /// What the driver hands to AWS Batch, and how.
    public var jobs = JobSettings()
    /// The run's id, which every record carries; `nil` lets the program make one.
    public var run: String?

    /// Makes the default settings.
    public init() {}

    /// Reads the settings of a program from its environment and the flags that it was given, which go first.
    ///
    /// Variables that are empty count as not set; flags that are no settings are left out by the caller.
    ///
    /// - Parameters:
    ///   - environment: The environment's variables.
    ///   - flags: The flags with their values, such as `--part-size` and `64MiB`; the last of one name counts.
    /// - Throws: `SettingError` for the first wrong value.
    public init(
        environment: [String: String], flags: [(flag: String, value: String)] = []
    ) throws(SettingError) {
        try apply(in: .environment) { environment[$0.environmentVariable].flatMap { $0.isEmpty ? nil : $0 } }
        try apply(in: .flags) { setting in
            setting.scope == .driver ? nil : flags.last { $0.flag == setting.flag }?.value
        }
    }

    /// Overrides settings by the `userArguments` of an S3 Batch Operations job.
    ///
    /// - Throws: `SettingError` for a key that is no setting of the driver, and for the first wrong value.
    public mutating func apply(userArguments: [String: String]) throws(SettingError) {
        guard !userArguments.isEmpty else { return }
        let known = Setting.all.filter { $0.scope != .worker }
        let strangers = Set(userArguments.keys).subtracting(known.map(\.userArgument)).sorted()
        if let stranger = strangers.first {
            throw SettingError(
                "userArguments key \(stranger.oneLine(limit: 64).debugDescription) is no setting of s3haul; there are "
                    + known.map(\.userArgument).joined(separator: ", "))
        }
        try apply(in: .userArguments) { $0.scope == .worker ? nil : userArguments[$0.userArgument] }
    }

    private mutating func apply(
        in place: SettingPlace, _ value: (Setting) -> String?
    ) throws(SettingError) {
        // Who may read the object is said in one of three ways; a nearer place that says it one way takes back what a
        // farther one said in another.
        let access = Setting.access.filter { value($0) != nil }
        if !access.isEmpty { copy.clearAccess() }
        for setting in Setting.all {
            guard let value = value(setting) else { continue }
            do {
                try setting.parse(value, &self)
            } catch {
                let shown = value.oneLine(limit: 80).debugDescription
                throw SettingError("\(place.name(of: setting)) is \(shown); it must be \(error.text)")
            }
        }
        if copy.accessCount > 1 {
            let names = access.map { place.name(of: $0) }.joined(separator: " and ")
            throw SettingError("\(names) exclude each other; give a canned ACL, grants, or copy-acl, not two of them")
        }
        guard (bundle.lockMode == nil) == (bundle.lockDays == nil) else {
            throw SettingError("lock-mode and lock-days belong together: who may take the lock off, and when it ends")
        }
    }

    /// The settings that a worker is given, as environment variables: those that differ from the defaults.
    public var environment: [String: String] {
        let defaults = RunSettings()
        var variables: [String: String] = [:]
        for setting in Setting.all where setting.scope != .driver {
            if let text = setting.text(self), text != setting.text(defaults) {
                variables[setting.environmentVariable] = text
            }
        }
        return variables
    }
}

extension CopySettings {
    /// Reads the settings of a copy from the environment and flags, as `RunSettings` does.
    public static func parse(
        environment: [String: String], flags: [(flag: String, value: String)] = []
    ) throws(SettingError) -> CopySettings {
        try RunSettings(environment: environment, flags: flags).copy
    }

    fileprivate mutating func clearAccess() {
        acl = nil
        grants = [:]
        copiesACL = false
    }

    fileprivate var accessCount: Int {
        (acl == nil ? 0 : 1) + (grants.isEmpty ? 0 : 1) + (copiesACL ? 1 : 0)
    }
}
