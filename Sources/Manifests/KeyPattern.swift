/// A pattern of keys, as shells have them: `*` is any text, slashes too, `?` one character, `[a-z]` one of these,
/// `[!a-z]` one of others, and a backslash takes what follows as it is.
public struct KeyPattern: Sendable, Equatable {
    /// The pattern as it was given.
    public let text: String
    private let steps: [Step]

    private enum Step: Equatable {
        case anyText
        case anyCharacter
        case literal(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], isInverted: Bool)

        func fits(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .anyText: false
            case .anyCharacter: true
            case .literal(let wanted): wanted == scalar
            case .set(let ranges, let isInverted): ranges.contains { $0.contains(scalar) } != isInverted
            }
        }
    }

    /// Reads a pattern; a bracket or backslash that has no end stands for itself.
    public init(_ text: String) {
        self.text = text
        var steps: [Step] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": if steps.last != .anyText { steps.append(.anyText) }
            case "?": steps.append(.anyCharacter)
            case "\\": steps.append(.literal(rest.popFirst() ?? scalar))
            case "[": steps.append(Self.set(&rest) ?? .literal(scalar))
            default: steps.append(.literal(scalar))
            }
        }
        self.steps = steps
    }

    /// Whether a whole key, in UTF-8, fits the pattern.
    ///
    /// It takes as long as the key times the pattern at worst, whatever stands in either: no other way is tried behind
    /// a `*` than behind the last.
    public func matches(_ key: some Collection<UInt8>) -> Bool {
        let scalars = Array(String(decoding: key, as: UTF8.self).unicodeScalars)
        var (at, step) = (0, 0)
        var retry: (at: Int, step: Int)?
        while at < scalars.count {
            if step < steps.count, steps[step] == .anyText {
                retry = (at, step)
                step += 1
            } else if step < steps.count, steps[step].fits(scalars[at]) {
                at += 1
                step += 1
            } else if let last = retry {
                retry = (last.at + 1, last.step)
                at = last.at + 1
                step = last.step + 1
            } else {
                return false
            }
        }
        return steps[step...].allSatisfy { $0 == .anyText }
    }

    /// What stands behind an opening bracket, to the closing one; `nil` where there is none.
    private static func set(_ rest: inout Substring.UnicodeScalarView) -> Step? {
        var inner = rest
        let isInverted = inner.first == "!" || inner.first == "^"
        if isInverted { inner.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let low = inner.popFirst() {
            if low == "]", !ranges.isEmpty {
                rest = inner
                return .set(ranges, isInverted: isInverted)
            }
            var high = low
            let behind = inner.dropFirst()
            if inner.first == "-", let end = behind.first, end != "]" {
                high = end
                inner = behind.dropFirst()
            }
            ranges.append(min(low, high)...max(low, high))
        }
        return nil
    }
}
