import Checksums

/// What objects are made of: the bytes of a range of something that was put.
extension FakeStore {
    static func md5(_ content: [Segment]) -> String {
        let text = merged(content).map { "\($0.origin) \($0.range)" }.joined(separator: "\n")
        return MD5.digest(Array(text.utf8))?.hexadecimal ?? ""
    }

    static func composite(_ eTags: [String]) -> String {
        let digests = eTags.flatMap { tag in
            stride(from: 0, to: 32, by: 2).map { UInt8(tag.dropFirst($0).prefix(2), radix: 16) ?? 0 }
        }
        return "\(MD5.digest(digests)?.hexadecimal ?? "")-\(eTags.count)"
    }

    static func merged(_ content: [Segment]) -> [Segment] {
        content.reduce(into: []) { merged, segment in
            if let last = merged.last, last.origin == segment.origin, last.range.upperBound == segment.range.lowerBound
            {
                merged[merged.count - 1].range = last.range.lowerBound..<segment.range.upperBound
            } else if !segment.range.isEmpty {
                merged.append(segment)
            }
        }
    }

    static func slice(_ content: [Segment], _ range: Range<Int64>) -> [Segment] {
        var offset: Int64 = 0
        var slices: [Segment] = []
        for segment in content {
            let length = Int64(segment.range.count)
            let wanted = range.clamped(to: offset..<(offset + length))
            if !wanted.isEmpty {
                let start = segment.range.lowerBound - offset
                slices.append(
                    Segment(
                        origin: segment.origin, range: (wanted.lowerBound + start)..<(wanted.upperBound + start)))
            }
            offset += length
        }
        return slices
    }

    static func split(_ content: [Segment], _ sizes: [Int64]) -> [[Segment]] {
        var offset: Int64 = 0
        return sizes.map { size in
            defer { offset += size }
            return slice(content, offset..<(offset + size))
        }
    }
}
