/// A pattern for keys, as the shell has it: `*` is any text without a slash, `**` any text, `?` a character, `[a-c]` and
/// `[!a]` one of some, and `\` takes the next as it is.
public struct Glob: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case one(Unicode.Scalar)
        case any
        case anyText(acrossSlashes: Bool)
        case among([ClosedRange<Unicode.Scalar>], isNegated: Bool)

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .one(let wanted): scalar == wanted
            case .any: scalar != "/"
            case .among(let ranges, let isNegated):
                scalar != "/" && ranges.contains { $0.contains(scalar) } != isNegated
            case .anyText(let acrossSlashes): acrossSlashes || scalar != "/"
            }
        }
    }

    private let pieces: [Piece]

    /// Reads a pattern; nil where a `[` has no end.
    public init?(_ pattern: String) {
        var rest = Array(pattern.unicodeScalars)[...]
        var pieces: [Piece] = []
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*":
                let stars = rest.prefix { $0 == "*" }.count
                rest = rest.dropFirst(stars)
                pieces.append(.anyText(acrossSlashes: stars > 0))
            case "?": pieces.append(.any)
            case "[":
                guard let set = Self.set(&rest) else { return nil }
                pieces.append(set)
            case "\\": pieces.append(.one(rest.popFirst() ?? "\\"))
            default: pieces.append(.one(scalar))
            }
        }
        self.pieces = pieces
    }

    private static func set(_ rest: inout ArraySlice<Unicode.Scalar>) -> Piece? {
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest = rest.dropFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let first = rest.popFirst() {
            if first == "]", !ranges.isEmpty { return .among(ranges, isNegated: isNegated) }
            var last = first
            if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
                last = end
                rest = rest.dropFirst(2)
            }
            guard first <= last else { return nil }
            ranges.append(first...last)
        }
        return nil
    }

    /// Whether all of a text is what the pattern says.
    ///
    /// Every text fits or does not in a time of at most its length times the pattern's: states are kept as a set, nothing
    /// is tried again.
    public func matches(_ text: String) -> Bool {
        var places = Set([0])
        advance(&places)
        for scalar in text.unicodeScalars {
            var next: Set<Int> = []
            for place in places where place < pieces.count && pieces[place].matches(scalar) {
                if case .anyText = pieces[place] { next.insert(place) } else { next.insert(place + 1) }
            }
            advance(&next)
            if next.isEmpty { return false }
            places = next
        }
        return places.contains(pieces.count)
    }

    /// Adds the places behind texts that may be empty.
    private func advance(_ places: inout Set<Int>) {
        for start in places {
            var place = start
            while place < pieces.count, case .anyText = pieces[place] {
                place += 1
                places.insert(place)
            }
        }
    }
}
