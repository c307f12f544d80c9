/// Amazon S3's limits on copies (S3 User Guide, "Multipart upload limits"; API reference, CopyObject).
public enum TransferLimits {
    /// The smallest part but the last, in bytes: 5 MiB.
    public static let smallestPart: Int64 = 5 << 20
    /// The largest part, in bytes: 5 GiB.
    public static let largestPart: Int64 = 5 << 30
    /// The most parts of one upload.
    public static let mostParts = 10_000
    /// The largest object that CopyObject takes, in bytes: 5 GB.
    public static let largestCopyObject: Int64 = 5_000_000_000
    /// The largest object, in bytes: as many of the largest parts as there may be, 48.8 TiB.
    public static let largestObject: Int64 = largestPart * Int64(mostParts)
}
