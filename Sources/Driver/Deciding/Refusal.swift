import Jobs

/// Why a task is not done, and will not be until something is changed.
struct Refusal: Error, Sendable, Equatable {
    /// A name for it, of S3 where S3 has one.
    var code: String
    /// What is wrong, in one line.
    var message: String
    /// What to do about it, in one line.
    var advice: String
}
