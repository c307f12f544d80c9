/// Quantities as people read them.
public enum Quantity {
    /// A number of bytes: `0 B`, `1.5 GiB`, `12 MiB`.
    public static func bytes(_ count: Int64) -> String {
        var value = Double(count)
        var unit = "B"
        for larger in ["KiB", "MiB", "GiB", "TiB", "PiB"] where value >= 1024 {
            value /= 1024
            unit = larger
        }
        return "\(unit == "B" ? "\(count)" : short(value)) \(unit)"
    }

    /// A time in seconds: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "?" }
        let whole = Int64(max(0, seconds).rounded())
        if seconds < 9.95 { return "\(short(max(0, seconds))) s" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
    }

    /// A whole number with thousands apart: `1,234,567`.
    public static func count(_ number: Int64) -> String {
        var digits = "\(number.magnitude)"
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        groups.insert(digits[...], at: 0)
        return (number < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// One decimal below ten, none above.
    private static func short(_ value: Double) -> String {
        let tenths = Int64((value * 10).rounded())
        if tenths >= 100 { return "\(Int64(value.rounded()))" }
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private static func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
