import Console
import Jobs

extension Flag {
    /// The flag of a setting as it is meant for archives: some say of a copy that it is like its source.
    static func ofArchives(_ setting: Setting) -> Flag {
        var flag = Flag(setting)
        switch flag.name {
        case "storage-class":
            flag.summary = "the archive's storage class; its index stays out of archive classes"
            flag.standard = "STANDARD"
        case "kms-key-id": flag.summary = "the KMS key that encrypts archive and index"
        case "acl": flag.summary = "the canned ACL of archive and index"
        case "copy-acl": flag.summary = "keep each object's ACL in the index, which takes a request for each"
        case "tags":
            flag.summary = "the tags of archive and index"
            (flag.value, flag.standard) = ("KEY=VALUE&KEY=VALUE", "none")
        case "verify":
            flag.summary = "read back 32 objects of the archive before sources are deleted, or all of them"
        case "run": flag.standard = "made from the manifest"
        case "state":
            flag.summary = "where it is kept which object is in which bundle; the same for all workers of a queue"
            (flag.value, flag.standard) = ("s3://BUCKET/PREFIX", "_s3haul/ below --to")
        case let name where name.hasPrefix("grant-"):
            flag.summary = flag.summary.replacing("the destination", with: "archive and index")
        default: break
        }
        return flag
    }
}
