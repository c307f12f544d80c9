internal import FoundationEssentials

/// What tells the files of one attempt from those of others: its time, and a number nobody else has.
enum AttemptName {
    /// A name such as `20261121T084501Z-9f3a5c0e`.
    ///
    /// - Parameter now: Seconds since 1970.
    /// - Returns: The name.
    static func new(now: Int64) -> String {
        let time = Date(timeIntervalSince1970: Double(now)).formatted(.iso8601).replacing("-", with: "")
            .replacing(":", with: "")
        return "\(time)-\(String(UInt32.random(in: .min ... .max) | 0x1000_0000, radix: 16))"
    }
}
