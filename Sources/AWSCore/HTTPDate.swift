extension Int64 {
    /// Seconds since 1970 of the time in a header field: `Fri, 21 Nov 2025 05:32:01 GMT`; `nil` for every other text.
    package init?(httpDate: String) {
        let words = httpDate.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2,
            let month = Self.months.firstIndex(of: String(words[2]))
        else { return nil }
        let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        self.init(timestamp: "\(words[3])-\(number)-\(words[1])T\(words[4])Z")
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
