/// The form of what a verb prints on standard output: for people, or JSON Lines for programs.
enum OutputForm: String, CaseIterable {
    case text, json
}
