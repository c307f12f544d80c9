import Jobs
import S3

extension CopyTask {
    /// Where an object goes, by the settings: the destination bucket, the prefix and then the whole key.
    ///
    /// - Throws: `Refusal` when there is no destination, or none that S3 could have.
    init(_ source: ObjectReference, _ settings: CopySettings) throws(Refusal) {
        guard let bucket = settings.bucket else {
            throw Refusal.noDestination
        }
        let key = settings.prefix + source.key
        guard key.utf8.count <= 1024 else {
            throw Refusal(
                code: "KeyTooLongError",
                message: "the destination's key would have \(key.utf8.count) bytes; S3 takes 1,024",
                advice: "choose a shorter destination prefix")
        }
        guard bucket != source.bucket || key != source.key else {
            throw Refusal(
                code: "SameObject", message: "the destination is the source",
                advice: "set another destination bucket, or a destination prefix")
        }
        self.init(source: source, destination: ObjectReference(bucket: bucket, key: key))
    }
}

extension Refusal {
    /// Why nothing can be copied or archived.
    static var noDestination: Refusal {
        Refusal(
            code: "NoDestination", message: "no destination bucket is set",
            advice: "set S3HAUL_DESTINATION_BUCKET, or destinationBucket in the job's userArguments")
    }
}
