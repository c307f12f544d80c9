internal import FoundationEssentials
internal import Jobs
internal import Manifests
internal import S3

extension DeadLetter {
    /// The letter as a line of a manifest of JSON Lines, with the reason besides.
    var line: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // A key is any text, and JSON can say all of them.
        let line = (try? encoder.encode(Line(letter: self))) ?? Data()
        return Array(line) + [UInt8(ascii: "\n")]
    }

    /// The letter as the record of its object.
    func record(run: String) -> TaskRecord {
        TaskRecord(run: run, source: row.reference, destination: nil, outcome: .failed).with(failure)
    }

    private struct Line: Encodable {
        var letter: DeadLetter

        private enum CodingKeys: String, CodingKey {
            case reason, step, message, advice
            case requestId = "request_id"
        }

        func encode(to encoder: any Encoder) throws {
            var row = letter.row
            // What is fed in again takes the object as it is then; a version is named by its id.
            if letter.failure.code == "PreconditionFailed" { (row.eTag, row.size) = (nil, nil) }
            try row.encode(to: encoder)
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(letter.failure.code ?? letter.failure.step, forKey: .reason)
            try fields.encode(letter.failure.step, forKey: .step)
            try fields.encode(letter.failure.message, forKey: .message)
            try fields.encodeIfPresent(letter.failure.advice, forKey: .advice)
            try fields.encodeIfPresent(letter.failure.requestId, forKey: .requestId)
        }
    }
}

extension TaskRecord {
    /// The record with what failed.
    func with(_ failure: BundleFailure) -> TaskRecord {
        var record = self
        record.step = failure.step
        record.errorCode = failure.code
        record.requestId = failure.requestId
        record.message = failure.message
        record.advice = failure.advice
        return record
    }
}

extension BundleFailure {
    /// Why an object could not be copied beside the archive.
    init(_ record: TaskRecord, mayPass: Bool) {
        self.init(
            record.step ?? "Copy", record.message ?? "\(record.source) could not be copied", code: record.errorCode,
            advice: record.advice, mayPass: mayPass)
        requestId = record.requestId
    }
}
