import AWSCore
import Console
import S3

/// What `s3haul manifest` is asked to do.
struct ManifestRequest {
    /// Which versions are listed.
    enum Versions: Equatable {
        /// The current objects, without their version ids.
        case current
        /// Those that were current at a moment, in seconds since 1970.
        case at(Int64)
        /// All.
        case all
    }

    var prefix: ObjectPrefix
    var versions: Versions
    var target: Place
    var isLong: Bool
    var isDryRun: Bool
    var output: OutputForm
    var isQuiet: Bool

    init(_ arguments: Arguments) throws(UsageError) {
        do { prefix = try ObjectPrefix(uri: arguments.operands[0]) } catch { throw UsageError("\(error)") }
        let moment = try arguments.value("at").map { text throws(UsageError) in try Self.moment(text) }
        guard moment == nil || !arguments.isSet("versions") else {
            throw UsageError("--at and --versions exclude each other: a point in time has one version of each object")
        }
        versions = moment.map { .at($0) } ?? (arguments.isSet("versions") ? .all : .current)
        target = try Place(arguments.value("to") ?? "-", of: "--to")
        isLong = arguments.isSet("long")
        isDryRun = arguments.isSet("dry-run")
        output = try arguments.choice("output", OutputForm.self) ?? .text
        isQuiet = arguments.isSet("quiet")
    }

    /// A time in seconds since 1970; a day is its beginning in UTC, now is later than any version.
    private static func moment(_ text: String) throws(UsageError) -> Int64 {
        if text == "now" { return .max }
        if let time = Int64(timestamp: text) ?? Int64(timestamp: text + "T00:00:00Z") { return time }
        throw UsageError("--at: '\(text)' is no time such as 2026-01-05, 2026-01-05T12:00:00Z or now")
    }
}
