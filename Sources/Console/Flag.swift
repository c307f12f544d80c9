/// A flag of a verb: `--name`, or `--name VALUE`.
public struct Flag: Sendable, Equatable {
    /// The name, without the two hyphens.
    public var name: String
    /// What its value is called in help; `nil` for a flag that takes none.
    public var value: String?
    /// One line of help, without a full stop.
    public var summary: String
    /// What holds when it is not given, for help.
    public var standard: String?
    /// Whether it may be given more than once.
    public var isRepeatable: Bool

    /// Makes a flag.
    public init(
        _ name: String, taking value: String? = nil, standard: String? = nil, isRepeatable: Bool = false,
        _ summary: String
    ) {
        self.name = name
        self.value = value
        self.summary = summary
        self.standard = standard
        self.isRepeatable = isRepeatable
    }

    /// The environment variable that stands in for it: `S3HAUL_PART_SIZE` for `--part-size`.
    public var environmentName: String { Self.environmentName(of: name) }

    /// Whether the variable of a flag without a value gives it.
    static func isOn(_ variable: String?) -> Bool { ["1", "true", "yes"].contains(variable?.lowercased()) }

    static func environmentName(of name: String) -> String {
        "S3HAUL_" + name.uppercased().replacing("-", with: "_")
    }
}

extension Flag {
    /// The flag of every verb that talks to AWS.
    public static let verbose = Flag(
        "verbose", "prints a line about every request to S3, SQS and AWS Batch, on standard error")
}

extension [String: String] {
    /// Whether programs read what is said: with `--output json`, and in Lambda.
    public var isForPrograms: Bool { self["S3HAUL_OUTPUT"] == "json" || self["AWS_LAMBDA_RUNTIME_API"] != nil }

    /// What takes a line about every request; `nil` where nobody asked for it by `--verbose`.
    public var requestLog: (@Sendable (String) -> Void)? {
        guard Flag.isOn(self[Flag.verbose.environmentName]) else { return nil }
        // Where standard error cannot be written to there is nobody left to tell.
        let isJSON = isForPrograms && !Descriptor.standardError.isTerminal
        return { line in
            try? Descriptor.standardError.print(isJSON ? LogLine(line).text : "s3haul: \(line.onOneLine)\n")
        }
    }
}

/// Flags that belong together, under a heading in help.
public struct FlagGroup: Sendable, Equatable {
    /// The heading.
    public var title: String
    /// The flags.
    public var flags: [Flag]

    /// Makes a group.
    public init(_ title: String, _ flags: [Flag]) {
        self.title = title
        self.flags = flags
    }
}
