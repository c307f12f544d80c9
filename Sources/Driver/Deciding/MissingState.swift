public import Jobs

extension RunSettings {
    /// What there is to say where work is handed on and checkpoints are kept nowhere; `nil` where they are.
    public var missingState: String? {
        guard copy.state == nil, jobs.queue != nil || jobs.archiveQueue != nil else { return nil }
        return "S3HAUL_STATE is not set: a large copy that is cut off begins anew, and a task that is delivered twice "
            + "may be copied twice; set it to s3://BUCKET/PREFIX/"
    }
}
