/// How one object is copied: by one CopyObject, or in which parts.
public enum TransferPlan: Sendable, Equatable {
    /// By one CopyObject.
    case whole
    /// By UploadPartCopy of these parts.
    case parts(PartLayout)

    /// What is wanted of a plan, besides what the object and the limits ask for.
    public struct Wishes: Sendable, Equatable {
        /// The largest object that is copied by CopyObject, in bytes.
        public var wholeLimit: Int64
        /// The size of a part in bytes; `nil` decides by the object.
        public var partSize: Int64?
        /// How many parts shall be under way at a time; `nil` decides by the object.
        public var parallelism: Int?

        /// States what is wanted.
        public init(wholeLimit: Int64 = 256 << 20, partSize: Int64? = nil, parallelism: Int? = nil) {
            self.wholeLimit = wholeLimit
            self.partSize = partSize
            self.parallelism = parallelism
        }
    }

    /// Plans the copy of an object.
    ///
    /// - Parameters:
    ///   - size: The object's size in bytes.
    ///   - sourceParts: The sizes of the parts that it was uploaded in, where they are known. A copy in the same parts
    ///     has the same ETag; parts that S3 would not take again are passed over.
    ///   - wishes: What is wanted; limits go first.
    /// - Returns: The plan; `nil` for a size that no object has.
    public static func make(size: Int64, sourceParts: [Int64]? = nil, wishes: Wishes = .init()) -> TransferPlan? {
        guard (0...TransferLimits.largestObject).contains(size) else { return nil }
        if isWhole(size: size, wishes: wishes) { return .whole }
        if let sourceParts, let layout = PartLayout(sizes: sourceParts, of: size) { return .parts(layout) }
        return PartLayout(size: size, partSize: partSize(for: size, wishes)).map(TransferPlan.parts)
    }

    /// Whether an object is copied by one CopyObject, so that its part boundaries need not be known.
    ///
    /// Ranges of an object of 5 MiB or less cannot be copied (API reference, UploadPartCopy), so it always is.
    public static func isWhole(size: Int64, wishes: Wishes) -> Bool {
        size <= max(TransferLimits.smallestPart, min(wishes.wholeLimit, TransferLimits.largestCopyObject))
    }

    /// A part shorter than this takes longer to ask for than to copy.
    private static let worthwhilePart: Int64 = 64 << 20
    /// A part longer than this is made only when there would be too many: what is cut off in one is copied again.
    private static let comfortablePart: Int64 = 1 << 30
    private static let defaultParallelism: Int64 = 64

    /// The size that gives the fewest parts of which as many as wanted can be under way, in whole MiB.
    private static func partSize(for size: Int64, _ wishes: Wishes) -> Int64 {
        let least = ceiling(size, Int64(TransferLimits.mostParts))
        let wanted =
            wishes.partSize
            ?? {
                let parallelism = min(max(wishes.parallelism.map(Int64.init) ?? defaultParallelism, 1), 1_000)
                let fewest = max(1, min(parallelism, ceiling(size, worthwhilePart)))
                let waves = ceiling(ceiling(size, comfortablePart), fewest)
                return wholeMiB(ceiling(size, fewest * waves))
            }()
        let roomy = max(wanted, wholeMiB(least), TransferLimits.smallestPart)
        return min(roomy, TransferLimits.largestPart)
    }

    private static func wholeMiB(_ bytes: Int64) -> Int64 { ceiling(bytes, 1 << 20) << 20 }
}

/// The quotient, rounded up, of two numbers that are not negative; they are at most object sizes, so nothing overflows.
func ceiling(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: max(divisor, 1))
    return quotient + (remainder > 0 ? 1 : 0)
}
