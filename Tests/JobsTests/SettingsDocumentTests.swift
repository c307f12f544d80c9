import FoundationEssentials
import Jobs
import Testing

@Suite struct SettingsDocumentTests {
    /// The table of settings in docs/driver.md, as the code would write it.
    private var table: String {
        var rows = [
            "| userArguments | environment | flag | default | what it says |", "| - | - | - | - | - |",
        ]
        rows += Setting.all.map { setting in
            let cells = [
                setting.scope == .worker ? "" : "`\(setting.userArgument)`", "`\(setting.environmentVariable)`",
                setting.scope == .driver ? "" : "`\(setting.flag)\(setting.placeholder.map { " \($0)" } ?? "")`",
                setting.defaultText, setting.help,
            ]
            let escaped = cells.map { $0.replacing("|", with: "\\|") }
            return "| \(escaped.joined(separator: " | ")) |"
        }
        return rows.joined(separator: "\n") + "\n"
    }

    @Test func theDocumentHasTheTableThatTheCodeHas() throws {
        let repository = URL(filePath: #filePath).appending(path: "../../..").standardized
        let document = try String(contentsOf: repository.appending(path: "docs/driver.md"), encoding: .utf8)
        #expect(document.contains(table))
    }
}
