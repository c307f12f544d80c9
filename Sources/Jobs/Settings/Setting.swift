/// One setting: where it may be given, and how its text becomes a value and a value its text.
public struct Setting: Sendable {
    /// Who reads a setting, and from where.
    public enum Scope: Sendable {
        /// The driver from its environment and `userArguments`; the worker and the command line from their
        /// environment and flags.
        case everywhere
        /// The driver alone, from its environment and `userArguments`.
        case driver
        /// The worker and the command line alone, from their environment and flags.
        case worker
    }

    /// The name in lower case with hyphens, from which the others are made: `part-size`.
    public let name: String
    /// Who reads it.
    public let scope: Scope
    /// What stands for the value in usage texts: `SIZE`; `nil` for a flag that is given without one.
    public let placeholder: String?
    /// What it does, in one line.
    public let help: String
    /// The default as text: a value that could be given, or in words what happens without one.
    public let defaultText: String
    let text: @Sendable (RunSettings) -> String?
    let parse: @Sendable (String, inout RunSettings) throws(ExpectedValue) -> Void

    init(
        _ name: String, _ scope: Scope = .everywhere, placeholder: String?, help: String, unset: String = "",
        text: @escaping @Sendable (RunSettings) -> String?,
        parse: @escaping @Sendable (String, inout RunSettings) throws(ExpectedValue) -> Void
    ) {
        self.name = name
        self.scope = scope
        self.placeholder = placeholder
        self.help = help
        self.text = text
        self.parse = parse
        defaultText = text(RunSettings()) ?? unset
    }

    /// The flag on the command line: `--part-size`.
    public var flag: String { "--\(name)" }

    /// The environment variable: `S3HAUL_PART_SIZE`.
    public var environmentVariable: String {
        "S3HAUL_" + String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// The key in `userArguments`: `partSize`.
    public var userArgument: String {
        let words = name.split(separator: "-")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// Whether it is switched on by the flag alone, without a value: `--requester-pays`.
    public var isToggle: Bool { placeholder == nil }
}

/// Where values of settings were given.
enum SettingPlace {
    case environment
    case flags
    case userArguments

    func name(of setting: Setting) -> String {
        switch self {
        case .environment: setting.environmentVariable
        case .flags: setting.flag
        case .userArguments: "userArguments key \(setting.userArgument)"
        }
    }
}
