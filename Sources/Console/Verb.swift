/// What a verb of the program is called, takes and does.
public struct Verb: Sendable, Equatable {
    /// A command line that shows a use, and what it does.
    public struct Example: Sendable, Equatable {
        /// The command line.
        public var command: String
        /// What it does, in a few words.
        public var effect: String

        /// Makes an example.
        public init(_ command: String, _ effect: String) {
            self.command = command
            self.effect = effect
        }
    }

    /// The verb.
    public var name: String
    /// One line on what it does, without a full stop.
    public var summary: String
    /// The command lines it understands, without the program's name.
    public var usage: [String]
    /// Examples, the most common use first.
    public var examples: [Example]
    /// Its flags.
    public var groups: [FlagGroup]
    /// How many arguments there may be besides flags.
    public var operands: ClosedRange<Int>
    /// What else is to be known, a paragraph each.
    public var notes: [String]

    /// Makes a verb.
    public init(
        _ name: String, _ summary: String, usage: [String], examples: [Example] = [], groups: [FlagGroup] = [],
        operands: ClosedRange<Int> = 0...0, notes: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.usage = usage
        self.examples = examples
        self.groups = groups
        self.operands = operands
        self.notes = notes
    }

    /// All flags of all groups.
    public var flags: [Flag] { groups.flatMap(\.flags) }
}

/// The program: its name, version and verbs.
public struct Program: Sendable {
    /// The name by which it is called.
    public var name: String
    /// One line on what it does, without a full stop.
    public var summary: String
    /// The version.
    public var version: String
    /// The verbs, in the order of help.
    public var verbs: [Verb]

    /// Makes a program.
    public init(name: String, summary: String, version: String, verbs: [Verb]) {
        self.name = name
        self.summary = summary
        self.version = version
        self.verbs = verbs
    }
}
