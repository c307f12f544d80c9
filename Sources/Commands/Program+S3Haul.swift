import Console

extension Program {
    /// The command line.
    static let s3haul = Program(
        name: "s3haul", summary: "moves and archives S3 objects in bulk", version: version,
        verbs: [.copy, .manifest, .group, .bundle, .work, .list, .extract, .verify, .dispatch])

    /// The version of this program.
    static let version = "0.1.0"
}
