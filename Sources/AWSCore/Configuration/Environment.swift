internal import FoundationEssentials

/// Environment variables.
///
/// One with an empty value counts as absent, as for every AWS tool.
struct Environment: Sendable {
    let variables: [String: String]

    subscript(name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }
}

extension Environment {
    /// The environment of this process.
    static var ofProcess: Environment { Environment(variables: ProcessInfo.processInfo.environment) }
}

extension Environment: CustomStringConvertible, CustomReflectable {
    /// The names alone, as there are secrets among the values.
    var description: String { "Environment(\(variables.keys.sorted().joined(separator: ", ")))" }
    /// The names alone, so that `dump` shows no secret either.
    var customMirror: Mirror { Mirror(self, unlabeledChildren: variables.keys.sorted()) }
}
