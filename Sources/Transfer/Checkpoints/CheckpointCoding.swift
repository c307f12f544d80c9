import FoundationEssentials

/// The bytes of a checkpoint.
enum CheckpointCoding {
    static func encode(_ checkpoint: Checkpoint) throws(CheckpointError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try Array(encoder.encode(checkpoint)) + [UInt8(ascii: "\n")]
        } catch {
            throw .unavailable("it cannot be written as JSON")
        }
    }

    /// Reads a checkpoint; `nil` for what is none, or one of another version of the format.
    static func decode(_ bytes: [UInt8]) -> Checkpoint? {
        guard let checkpoint = try? JSONDecoder().decode(Checkpoint.self, from: Data(bytes)) else { return nil }
        return checkpoint.schema == Checkpoint.currentSchema ? checkpoint : nil
    }

    /// How many bytes a checkpoint has at most: 10,000 part sizes of up to 11 characters, and names.
    static let limit = 1 << 20
}
