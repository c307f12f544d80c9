internal import CChecksums

/// A cyclic redundancy check of bytes, as S3 keeps them of objects.
public struct CRC: Sendable, Hashable {
    /// Which check, by S3's name of it.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// zlib's.
        case crc32 = "CRC32"
        /// Castagnoli's.
        case crc32c = "CRC32C"
        /// NVMe's, S3's own default.
        case crc64NVME = "CRC64NVME"
    }

    /// Which check it is.
    public let algorithm: Algorithm
    /// The check of all bytes so far; of a 32-bit one the low half.
    public private(set) var value: UInt64 = 0
    /// How many bytes there were so far.
    public private(set) var count: UInt64 = 0

    /// Starts with no bytes.
    public init(_ algorithm: Algorithm) { self.algorithm = algorithm }

    /// Adds bytes behind those so far.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Adds bytes behind those so far, which are only read, within the call.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        value = CChecksums_update(algorithm.model, value, bytes.baseAddress, bytes.count)
        count &+= UInt64(bytes.count)
    }

    /// Adds bytes whose check is known already.
    ///
    /// - Parameter next: The check of those bytes, by the same algorithm.
    public mutating func append(_ next: CRC) {
        value = CChecksums_combine(algorithm.model, value, next.value, next.count)
        count &+= next.count
    }

    /// The check as bytes, most significant first.
    public var bytes: [UInt8] {
        let width = algorithm == .crc64NVME ? 64 : 32
        return stride(from: width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The check in base64, as S3's `x-amz-checksum-…` headers have it.
    public var base64: String { bytes.base64 }

    /// The check, computed without special instructions of the machine.
    static func portable(_ algorithm: Algorithm, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        CChecksums_update_portable(algorithm.model, 0, bytes.baseAddress, bytes.count)
    }
}

extension CRC.Algorithm {
    fileprivate var model: CChecksumsAlgorithm {
        switch self {
        case .crc32: CChecksumsCRC32
        case .crc32c: CChecksumsCRC32C
        case .crc64NVME: CChecksumsCRC64NVME
        }
    }
}
