/// Where the parts of an object begin and end: all of them within S3's limits, one behind the other, to its last byte.
public struct PartLayout: Sendable, Hashable, Codable {
    private enum Boundaries: Hashable {
        /// Parts of this size, the last one shorter or as long.
        case equal(Int64)
        /// The offset behind each part.
        case ends([Int64])
    }

    /// The object's size in bytes.
    public let size: Int64
    /// How many parts there are: 1 to 10,000.
    public let count: Int
    private let boundaries: Boundaries

    /// Divides an object into parts of one size, the last one shorter or as long; `nil` outside S3's limits.
    public init?(size: Int64, partSize: Int64) {
        let sizes = TransferLimits.smallestPart...TransferLimits.largestPart
        guard (1...TransferLimits.largestObject).contains(size), sizes.contains(partSize),
            let count = Int(exactly: ceiling(size, partSize)), count <= TransferLimits.mostParts
        else { return nil }
        self.size = size
        self.count = count
        boundaries = .equal(partSize)
    }

    /// Takes the sizes of all parts; `nil` when they are not the object's, or outside S3's limits.
    public init?(sizes: [Int64], of size: Int64) {
        guard let last = sizes.last, sizes.count <= TransferLimits.mostParts,
            (1...TransferLimits.largestPart).contains(last),
            sizes.dropLast().allSatisfy((TransferLimits.smallestPart...TransferLimits.largestPart).contains)
        else { return nil }
        // At most 10,000 sizes of at most 5 GiB are added up.
        var ends: [Int64] = []
        ends.reserveCapacity(sizes.count)
        for size in sizes { ends.append((ends.last ?? 0) + size) }
        guard ends.last == size else { return nil }
        self.size = size
        count = sizes.count
        let first = sizes[0]
        let isEqual = sizes.dropLast().allSatisfy { $0 == first } && last <= first
        boundaries = isEqual && first >= TransferLimits.smallestPart ? .equal(first) : .ends(ends)
    }

    /// The bytes of a part, first and last included; `nil` for a number that is not one of 1 to `count`.
    public func range(ofPart number: Int) -> ClosedRange<Int64>? {
        guard (1...count).contains(number) else { return nil }
        switch boundaries {
        case .equal(let partSize):
            let start = Int64(number - 1) * partSize
            return start...(min(start + partSize, size) - 1)
        case .ends(let ends):
            return (number == 1 ? 0 : ends[number - 2])...(ends[number - 1] - 1)
        }
    }

    /// The size of a part in bytes; 0 for a number that is not one of 1 to `count`.
    public func size(ofPart number: Int) -> Int64 {
        range(ofPart: number).map { $0.upperBound - $0.lowerBound + 1 } ?? 0
    }
}

extension PartLayout {
    private struct Encoded: Codable {
        var size: Int64
        var partSize: Int64?
        var partSizes: [Int64]?

        enum CodingKeys: String, CodingKey {
            case size
            case partSize = "part_size"
            case partSizes = "part_sizes"
        }
    }

    /// Reads a layout.
    ///
    /// - Throws: `DecodingError` for one that is not within S3's limits.
    public init(from decoder: any Decoder) throws {
        let encoded = try Encoded(from: decoder)
        let layout =
            encoded.partSize.map { PartLayout(size: encoded.size, partSize: $0) }
            ?? PartLayout(sizes: encoded.partSizes ?? [], of: encoded.size)
        guard let layout else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no parts that S3 would take"))
        }
        self = layout
    }

    /// Writes the layout: one size where all parts have it.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        switch boundaries {
        case .equal(let partSize): try Encoded(size: size, partSize: partSize).encode(to: encoder)
        case .ends: try Encoded(size: size, partSizes: (1...count).map(size(ofPart:))).encode(to: encoder)
        }
    }
}
