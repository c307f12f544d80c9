/// Objects that one bundle is made of.
public struct Group: Sendable, Equatable {
    /// Where it is among the open groups; free for another when this one is closed and released.
    public let slot: Int
    /// The bucket of its objects.
    public let bucket: [UInt8]
    /// What its objects have in common: a prefix, a day, or nothing.
    public let label: [UInt8]
    /// Its place among all groups, from 1; 0 until it is closed.
    public internal(set) var sequence = 0
    /// How many objects it has.
    public internal(set) var count = 0
    /// How many bytes they have, as far as the manifest says it.
    public internal(set) var size: Int64 = 0
    /// How many bytes its manifest has.
    public internal(set) var manifestSize: Int64 = 0
    var lastUse = 0

    /// The name of its manifest: `BUCKET_LABEL_000001.jsonl`.
    ///
    /// The number alone tells it from the others; the rest is for people, and has nothing that a path could stumble on.
    public var name: String {
        let parts = [Self.plain(bucket), Self.plain(label)].filter { !$0.isEmpty }
        let digits = String(sequence)
        let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return (parts + [number]).joined(separator: "_") + ".jsonl"
    }

    private static func plain(_ text: [UInt8]) -> String {
        var plain = text.map { $0.isPlain ? $0 : UInt8(ascii: "-") }[...]
        while plain.last == UInt8(ascii: "-") { plain = plain.dropLast() }
        return String(decoding: plain.suffix(100), as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isPlain: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
