/// `credential_process` of a profile: a command that prints credentials.
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html)
struct ProcessCredentialSource: CredentialSource {
    let profileName: String
    let profile: ConfigFile.Section
    let runner: CommandRunner

    var name: String { "credential_process of profile \(profileName)" }

    func load() async throws(SourceFailure) -> SourceAnswer {
        guard let command = profile.text("credential_process") else { return .absent("it has none") }
        let output: [UInt8]
        do throws(CommandRunner.Failure) {
            output = try await runner.output(of: command)
        } catch {
            throw SourceFailure(describe(error))
        }
        let document = try CredentialDocument(parsing: output)
        guard document.version == 1 else { throw SourceFailure("its answer does not say \"Version\": 1") }
        return .found(try document.credentials())
    }

    /// What went wrong, without the command or its output: either may hold a secret.
    private func describe(_ failure: CommandRunner.Failure) -> String {
        switch failure {
        case .didNotStart(let reason): "it cannot be started: \(reason)"
        case .exited(let code): "it ended with exit code \(code); what it says stands on standard error"
        case .endedBySignal(let signal): "it was ended by signal \(signal)"
        case .tookTooLong: "it took longer than \(runner.deadline)"
        case .printedTooMuch: "it printed more than \(runner.outputLimit) bytes"
        case .cancelled: "it was cancelled"
        }
    }
}
