extension Program {
    /// The help of a verb, or of the program, for a terminal of 80 columns or more.
    public func help(_ verb: Verb?) -> String {
        verb.map(help(of:)) ?? overview
    }

    private var overview: String {
        let width = verbs.map(\.name.count).reduce("version".count, max) + 2
        let list = verbs.map { "  \($0.name.padded(to: width))\($0.summary)" }
        let examples = verbs.compactMap(\.examples.first).map { example($0) }
        return lines(
            ["\(name) \(version): \(summary)", ""] + examples + ["", "Verbs:"] + list + [
                "",
                "  \("help".padded(to: width))shows the help of a verb: \(name) help VERB",
                "  \("version".padded(to: width))shows the version",
                "",
                "Every flag can be given as an environment variable: --part-size as S3HAUL_PART_SIZE.",
                "Region, endpoints and credentials come from where every AWS tool takes them.",
                "Exit codes: 0 all done, 1 some objects failed, 2 wrong usage or input, 75 try again.",
            ])
    }

    private func help(of verb: Verb) -> String {
        var text = ["\(name) \(verb.name): \(verb.summary)", ""]
        text += verb.examples.map(example)
        text += ["", "Usage:"] + verb.usage.map { "  \(name) \($0)" }
        for group in verb.groups { text += ["", "\(group.title):"] + group.flags.flatMap(entry) }
        for note in verb.notes { text += [""] + note.wrapped(to: 80) }
        return lines(text)
    }

    private func example(_ example: Verb.Example) -> String { "  \(example.command)\n      \(example.effect)" }

    private func entry(_ flag: Flag) -> [String] {
        let spelling = "  --\(flag.name)" + (flag.value.map { " \($0)" } ?? "")
        let standard = flag.standard.map { " (default: \($0))" } ?? ""
        let text = (flag.summary + standard).wrapped(to: 80 - Self.column)
        let indent = String(repeating: " ", count: Self.column)
        guard spelling.count + 2 <= Self.column else { return [spelling] + text.map { indent + $0 } }
        return text.enumerated().map { $0 == 0 ? spelling.padded(to: Self.column) + $1 : indent + $1 }
    }

    /// The column at which the text on a flag begins.
    private static let column = 26

    private func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
}

extension String {
    /// The text with spaces behind it up to a width.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }

    /// The text in lines of at most a width, broken at spaces.
    func wrapped(to width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return lines + [line]
    }
}
