import S3

/// What S3 Batch Operations hands to the driver (S3 User Guide, "Invoke AWS Lambda function"), as far as it can be read.
struct BatchEvent: Sendable, Equatable {
    /// The version of the schema, to be said again in the answer.
    var schemaVersion: String
    /// The id of the invocation, to be said again in the answer.
    var invocationId: String
    /// The job's id, which is the run's; empty when there is a problem with it.
    var run: String
    /// The job's own settings.
    var userArguments: [String: String]
    /// What is wrong with the event, so that none of its tasks can be done.
    var problem: String?
    /// The tasks that have an id to answer to, in order.
    var tasks: [EventTask]
}

/// One task of an event.
struct EventTask: Sendable, Equatable {
    /// The id, to be said again in the result.
    var taskId: String
    /// The object, or what is wrong with the task.
    var object: Result<ObjectReference, TaskProblem>
}

/// Why a task of an event names no object.
struct TaskProblem: Error, Sendable, Equatable {
    /// One line: the field, what it has, and what would be right.
    var message: String
}
