extension RowBytes {
    /// Adds the row as a line of JSON with its line end: the form that `JSONLinesManifestWriter` gives it.
    public func appendJSONLine(to line: inout [UInt8]) {
        line += "{\"bucket\":".utf8
        appendJSON(bucket, to: &line)
        append(checksum, as: ",\"checksum\":", to: &line)
        append(checksumAlgorithm, as: ",\"checksum_algorithm\":", to: &line)
        append(eTag, as: ",\"etag\":", to: &line)
        line += ",\"key\":".utf8
        appendJSON(key, to: &line)
        append(lastModified, as: ",\"last_modified\":", to: &line)
        if let size {
            line += ",\"size\":".utf8
            appendDecimal(size, to: &line)
        }
        append(storageClass, as: ",\"storage_class\":", to: &line)
        append(versionId, as: ",\"version_id\":", to: &line)
        line += "}\n".utf8
    }

    private func append(_ value: [UInt8], as name: String, to line: inout [UInt8]) {
        guard !value.isEmpty else { return }
        line += name.utf8
        appendJSON(value, to: &line)
    }
}

/// A JSON string: what JSON does not allow in one is escaped, all else is as it is.
private func appendJSON(_ text: [UInt8], to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\""))
    if text.contains(where: needsEscape) {
        for byte in text { appendEscaped(byte, to: &line) }
    } else {
        line += text
    }
    line.append(UInt8(ascii: "\""))
}

private func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

private func appendEscaped(_ byte: UInt8, to line: inout [UInt8]) {
    guard needsEscape(byte) else { return line.append(byte) }
    guard byte < 0x20 else { return line += [UInt8(ascii: "\\"), byte] }
    line += "\\u00".utf8
    line += [UInt8(ascii: "0") + byte >> 4, Array("0123456789abcdef".utf8)[Int(byte & 15)]]
}

private func appendDecimal(_ number: Int64, to line: inout [UInt8]) {
    if number < 0 { line.append(UInt8(ascii: "-")) }
    let start = line.count
    var rest = number.magnitude
    repeat {
        line.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
    } while rest > 0
    line[start...].reverse()
}
