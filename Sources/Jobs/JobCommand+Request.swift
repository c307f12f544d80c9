public import BatchJobs

extension JobCommand {
    /// What SubmitJob is asked for this command.
    ///
    /// - Parameters:
    ///   - queue: The queue's name or ARN.
    ///   - definition: The definition's name or ARN; its command is `template`.
    ///   - jobs: Attempts, timeout and share.
    /// - Returns: The request, with everything that the worker needs.
    public func request(queue: String, definition: String, _ jobs: JobSettings) -> SubmitJobRequest {
        var request = SubmitJobRequest(jobName: name, jobQueue: queue, jobDefinition: definition)
        request.parameters = parameters
        var overrides = ContainerOverrides()
        overrides.environment = environment.sorted { $0.key < $1.key }.map(EnvironmentVariable.init)
        request.containerOverrides = overrides
        request.retryStrategy = .ofWorkers(attempts: jobs.attempts)
        request.attemptDurationSeconds = jobs.timeout
        request.shareIdentifier = jobs.shareIdentifier
        request.tags = tags
        return request
    }
}

extension RetryStrategy {
    /// When another attempt is made at a worker's job.
    ///
    /// AWS Batch tries again what fails and matches no rule; so one rule ends all but what another attempt helps: a
    /// reclaimed spot instance, the worker's own wish (exit code 75), and an image that could not be pulled
    /// (`CannotPullContainerError` and the like: Amazon ECS Developer Guide, "Stopped tasks error codes").
    public static func ofWorkers(attempts: Int) -> RetryStrategy {
        RetryStrategy(
            attempts: attempts,
            evaluateOnExit: [
                .init(onStatusReason: "Host EC2*", action: .retry),
                .init(onExitCode: "75", action: .retry),
                .init(onReason: "CannotPull*", action: .retry),
                .init(onReason: "*", action: .exit),
            ])
    }
}
