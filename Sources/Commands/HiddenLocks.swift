import AWSCore
import Console
import S3

extension S3Client {
    /// Whether objects of a bucket may have an Object Lock, which a listing does not show.
    ///
    /// Where that may not be seen, one line says so. A store that does not know the question has no locks.
    ///
    /// - Throws: `AWSError` when asking may succeed another time.
    func mayLockObjects(of bucket: String, _ reporter: Reporter) async throws(AWSError) -> Bool {
        do throws(AWSError) {
            return try await getObjectLockConfiguration(.init(bucket)).isEnabled
        } catch  where error.service != nil && !error.isTransient && !error.isThrottling {
            guard error.status == 403 else { return false }
            await reporter.say(
                "objects of s3://\(bucket) may be locked, which cannot be seen, and small ones are copied without their "
                    + "locks; allow s3:GetBucketObjectLockConfiguration on it, or add --fidelity full: \(error)")
            return false
        }
    }
}
