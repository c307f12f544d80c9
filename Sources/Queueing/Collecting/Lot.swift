internal import Checksums
public import Jobs

/// What objects must have in common to be put into one bundle.
public struct Lot: Sendable, Hashable {
    /// The run's id.
    public var run: String
    /// The settings that came with the objects.
    public var settings: QueueMessage.Settings
    /// The bucket they are in.
    public var bucket: String
    /// What else their archive's name tells apart, such as a day; empty where it tells nothing.
    public var part: String

    /// Makes a lot.
    public init(run: String, settings: QueueMessage.Settings, bucket: String, part: String) {
        self.run = run
        self.settings = settings
        self.bucket = bucket
        self.part = part
    }

    /// The same for the same lot, and no other's: 32 hexadecimal digits.
    public var name: String {
        var bytes: [UInt8] = []
        let pairs = settings.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        for field in [run, bucket, part] + pairs {
            bytes += field.utf8
            bytes.append(0xFF)
        }
        return Array(SHA256.digest(bytes).prefix(16)).hexadecimal
    }
}
