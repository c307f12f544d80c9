public import BatchJobs

extension JobCommand {
    /// What SubmitJob is asked for this command.
    ///
    /// AWS Batch tries again what fails and matches no rule; so one rule ends all but what another attempt helps: a
    /// reclaimed spot instance, and the worker's own wish (exit code 75).
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
        request.retryStrategy = RetryStrategy(
            attempts: jobs.attempts,
            evaluateOnExit: [
                .init(onStatusReason: "Host EC2*", action: .retry),
                .init(onExitCode: "75", action: .retry),
                .init(onReason: "*", action: .exit),
            ])
        request.attemptDurationSeconds = jobs.timeout
        request.shareIdentifier = jobs.shareIdentifier
        request.tags = tags
        return request
    }
}
