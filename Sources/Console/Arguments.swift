/// The flags and operands of a command line, checked against its verb.
public struct Arguments: Sendable, Equatable {
    /// The verb.
    public let verb: Verb
    /// The words that are not flags or their values.
    public private(set) var operands: [String] = []
    private var given: [String: [String]] = [:]
    private let environment: [String: String]

    /// Reads the words behind a verb.
    ///
    /// - Throws: `UsageError` for a flag that the verb does not have, and for too few or too many words.
    public init(_ words: [String], of verb: Verb, environment: [String: String]) throws(UsageError) {
        self.verb = verb
        self.environment = environment
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                break
            }
            if word.hasPrefix("-"), word != "-" {
                try take(word, &rest)
            } else {
                operands.append(word)
            }
        }
        try checkOperands()
    }

    /// Whether a flag without a value is given, or its environment variable says `1`, `true` or `yes`.
    public func isSet(_ name: String) -> Bool {
        given[name] != nil || Flag.isOn(variable(name))
    }

    /// The value of a flag, or of its environment variable.
    public func value(_ name: String) -> String? { given[name]?.last ?? variable(name) }

    /// All values of a flag that may be repeated; its environment variable's where it is not given.
    public func values(_ name: String) -> [String] { given[name] ?? variable(name).map { [$0] } ?? [] }

    /// Every flag that is given on the command line, with its last value; the value is empty for a flag without one.
    public var flags: [String: String] { given.compactMapValues(\.last) }

    /// A whole number within bounds.
    ///
    /// - Throws: `UsageError` when the value is none.
    public func number(_ name: String, in bounds: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text), bounds.contains(number) else {
            throw UsageError(
                "\(origin(name)): '\(text)' is not a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// One of an enumeration's values.
    ///
    /// - Throws: `UsageError` when the value is none of them.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Choice.Type
    ) throws(UsageError) -> Choice? {
        guard let text = value(name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map(\.rawValue)
            throw UsageError("\(origin(name)): '\(text)' is none of \(all.joined(separator: ", "))")
        }
        return choice
    }

    /// Where a value comes from, for messages: the flag, or its environment variable.
    public func origin(_ name: String) -> String {
        given[name] != nil || variable(name) == nil
            ? "--\(name)" : Flag.environmentName(of: name)
    }

    private func variable(_ name: String) -> String? {
        guard let flag = verb.flags.first(where: { $0.name == name }) else { return nil }
        return environment[flag.environmentName].flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let flag = verb.flags.first(where: { "--\($0.name)" == parts[0] }) else { throw unknown(parts[0]) }
        guard flag.value != nil else {
            guard parts.count == 1 else { throw UsageError("--\(flag.name) takes no value") }
            given[flag.name] = [""]
            return
        }
        guard let value = parts.count == 2 ? parts[1] : rest.first, parts.count == 2 || !value.hasPrefix("--") else {
            throw UsageError("--\(flag.name) needs a value: --\(flag.name) \(flag.value ?? "")")
        }
        if parts.count == 1 { rest = rest.dropFirst() }
        guard flag.isRepeatable || given[flag.name] == nil else {
            throw UsageError("--\(flag.name) is given twice; it can have one value")
        }
        given[flag.name, default: []].append(value)
    }

    private func unknown(_ word: String) -> UsageError {
        let nearest = Suggestion.nearest(to: word, in: verb.flags.map { "--\($0.name)" })
        let hint = nearest.map { "did you mean \($0)?" } ?? "see: s3haul help \(verb.name)"
        return UsageError("\(verb.name) has no flag \(word); \(hint)")
    }

    private func checkOperands() throws(UsageError) {
        guard !verb.operands.contains(operands.count) else { return }
        let problem =
            operands.count < verb.operands.lowerBound
            ? "arguments are missing." : "what is '\(operands[verb.operands.upperBound])' for?"
        throw UsageError("\(problem) Use: s3haul \(verb.usage.first ?? verb.name)")
    }
}
