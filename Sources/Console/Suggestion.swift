/// Finds what somebody meant who wrote something else.
enum Suggestion {
    /// The candidate that is nearest to a word, unless all are too far from it.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        let word = Array(word.utf8.prefix(64))
        let closest = candidates.map { (name: $0, distance: distance(word, Array($0.utf8))) }
            .min { $0.distance < $1.distance }
        guard let closest, closest.distance <= max(2, closest.name.utf8.count / 3) else { return nil }
        return closest.name
    }

    /// How many bytes must be added, removed or replaced to make one word the other.
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in second.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
