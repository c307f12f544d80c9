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
    /// Every text fits or does not in a time of at most its length times the pattern's: all places that the pattern may
    /// be at are kept, nothing is tried again.
    public func matches(_ text: String) -> Bool {
        var places = [Bool](repeating: false, count: pieces.count + 1)
        var next = places
        places[0] = true
        advance(&places)
        for scalar in text.unicodeScalars {
            for place in next.indices { next[place] = false }
            var isAlive = false
            for (place, piece) in pieces.enumerated() where places[place] && piece.matches(scalar) {
                if case .anyText = piece { next[place] = true } else { next[place + 1] = true }
                isAlive = true
            }
            guard isAlive else { return false }
            advance(&next)
            swap(&places, &next)
        }
        return places[pieces.count]
    }

    /// Adds the places behind texts that may be empty.
    private func advance(_ places: inout [Bool]) {
        for (place, piece) in pieces.enumerated() where places[place] {
            if case .anyText = piece { places[place + 1] = true }
        }
    }
}
