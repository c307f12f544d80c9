import AWSCore
import Console
import Extraction
import FoundationEssentials
import HTTPTransport

/// Carries out `s3haul list`.
struct ListCommand: Sendable {
    let request: ArchiveRequest
    let environment: [String: String]
    let reporter: Reporter

    private static let bufferSize = 64 << 10

    func run() async throws -> ExitCode {
        let session = try Session(environment)
        let (isComplete, reason) = try await untilStopped(watching: nil) { try await list(session) }
        await session.transport.shutdown()
        if let reason {
            await reporter.say(reason.explanation)
            return .tryAgain
        }
        return isComplete ? .success : .someFailed
    }

    /// Prints the members that are wanted; whether every key that was asked for is there.
    private func list(_ session: Session) async throws -> Bool {
        let archive = try await request.open(session, reporter)
        if archive.index == nil {
            try await archive.thaw(request.thawing, for: .all, readsObjects: false) { await reporter.say($0) }
        }
        var members = try await archive.members().selected(request.selection)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var lines: [UInt8] = []
        while let member = try await members.next() {
            switch request.output {
            case .json: lines += Array(try encoder.encode(member.listing))
            case .text: lines += "\(member.size)\t\(member.lastModified ?? "-")\t\(member.key.onOneLine)".utf8
            }
            lines.append(UInt8(ascii: "\n"))
            guard lines.count >= Self.bufferSize else { continue }
            try Task.checkCancellation()
            try Descriptor.standardOutput.print(lines)
            lines.removeAll(keepingCapacity: true)
        }
        try Descriptor.standardOutput.print(lines)
        for key in members.missing { await reporter.say("\(key): the archive has no such member") }
        return members.missing.isEmpty
    }
}
