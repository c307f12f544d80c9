/// What a command line asks for.
public enum Command: Sendable, Equatable {
    /// To carry out a verb.
    case run(Arguments)
    /// To show the help of a verb; of the program where there is none.
    case help(Verb?)
    /// To show the version.
    case version
}

extension Program {
    /// What a command line asks for.
    ///
    /// - Parameters:
    ///   - words: The command line behind the program's name.
    ///   - environment: Where flags that are not given are looked up.
    /// - Returns: The verb to carry out with its arguments, or the text to show.
    /// - Throws: `UsageError`, with the nearest right word where there is one.
    public func parse(_ words: [String], environment: [String: String]) throws(UsageError) -> Command {
        guard let first = words.first else {
            throw UsageError("say what to do: \(verbs.map(\.name).joined(separator: ", ")), or help")
        }
        let rest = Array(words.dropFirst())
        switch first {
        case "help", "--help", "-h": return .help(try rest.first.map { name throws(UsageError) in try verb(name) })
        case "version", "--version": return .version
        default:
            let verb = try verb(first)
            if rest.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
                return .help(verb)
            }
            return .run(try Arguments(rest, of: verb, environment: environment))
        }
    }

    private func verb(_ name: String) throws(UsageError) -> Verb {
        if let verb = verbs.first(where: { $0.name == name }) { return verb }
        let all = verbs.map(\.name) + ["help", "version"]
        let hint = Suggestion.nearest(to: name, in: all).map { "did you mean '\($0)'?" }
        throw UsageError("there is no verb '\(name)'; \(hint ?? "the verbs are \(all.joined(separator: ", "))")")
    }
}
