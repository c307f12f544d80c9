extension String {
    /// The text on one line: control characters and line separators as spaces, cut to `limit` Unicode scalars.
    package func oneLine(limit: Int) -> String {
        var line = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars {
            if count == limit {
                line.removeLast()
                line.append("…")
                break
            }
            line.append(scalar.breaksLine ? " " : scalar)
            count += 1
        }
        return String(line)
    }
}

extension Unicode.Scalar {
    fileprivate var breaksLine: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
