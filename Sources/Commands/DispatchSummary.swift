import Console
import Dispatching
import FoundationEssentials

/// What `s3haul dispatch` says at its end.
struct DispatchSummary: Encodable {
    var job: String
    var status: String
    var succeeded: Int64
    var failed: Int64
    var invocations: Int64
    var resumed: Int64

    init(job: DispatchJob, _ outcome: DispatchOutcome) {
        self.job = job.id
        status = outcome.status.rawValue
        succeeded = outcome.succeeded
        failed = outcome.failed
        invocations = outcome.invocations
        resumed = outcome.resumed
    }

    /// The summary with its line end.
    func text(_ form: OutputForm) throws -> [UInt8] {
        switch form {
        case .json: return try jsonLine()
        case .text:
            let resumed = self.resumed > 0 ? "; \(Quantity.count(self.resumed)) were done before" : ""
            let line =
                "job \(job): \(status), \(Quantity.count(succeeded)) succeeded, \(Quantity.count(failed)) failed, "
                + "\(Quantity.count(invocations)) invocations\(resumed)\n"
            return Array(line.utf8)
        }
    }
}

/// What `s3haul dispatch --dry-run` says.
struct DispatchPlan: Encodable {
    let job: String
    let status = "Planned"
    /// The rows of the manifest.
    var tasks: Int64 = 0
    /// How many of them are finished by the journal.
    var resumed: Int64 = 0

    init(job: String) { self.job = job }

    /// The plan with its line end.
    func text(_ form: OutputForm) throws -> [UInt8] {
        switch form {
        case .json: return try jsonLine()
        case .text:
            let done = resumed > 0 ? "; \(Quantity.count(resumed)) of \(Quantity.count(tasks)) were done before" : ""
            return Array(
                "job \(job): would invoke the function for \(Quantity.count(tasks - resumed)) tasks\(done)\n".utf8)
        }
    }
}

extension Encodable {
    fileprivate func jsonLine() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}
