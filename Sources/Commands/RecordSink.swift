import Console
import Jobs

/// Where the records of a run go: to standard output, to a file or object, or both.
final class RecordSink {
    private var writers: [RecordWriter] = []
    private let showsPlan: Bool

    /// Opens the places that a request asks for; `name` is what an object is called below a prefix.
    init(_ request: CopyRequest, name: String, _ session: Session) throws(UsageError) {
        if let records = request.records { writers.append(try RecordWriter(records, name: name, session)) }
        if request.output == .json, request.records != .standard {
            writers.append(try RecordWriter(.standard, name: name, session))
        }
        showsPlan = request.isDryRun && request.output == .text
    }

    /// Takes the record of an object.
    func write(_ record: TaskRecord) async throws {
        for writer in writers { try await writer.write(record) }
        guard showsPlan, record.outcome != .failed, let destination = record.destination else { return }
        let note = record.outcome == .unchanged ? " (there already)" : ""
        try Descriptor.standardOutput.print("\(record.source) -> \(destination)\(note)".onOneLine + "\n")
    }

    /// Brings every record to its place.
    func finish() async throws {
        for writer in writers { try await writer.finish() }
    }
}
