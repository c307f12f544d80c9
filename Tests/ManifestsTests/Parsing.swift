import Manifests

/// All rows of a manifest that comes in chunks of `size` bytes.
func rows(
    _ text: some StringProtocol, format: ManifestFormat? = nil, bucket: String? = nil, chunk size: Int = 7
) throws(ManifestError) -> [ManifestRow] {
    try rows(Array(text.utf8), format: format, bucket: bucket, chunk: size)
}

/// All rows of a manifest that comes in chunks of `size` bytes.
func rows(
    _ bytes: [UInt8], format: ManifestFormat? = nil, bucket: String? = nil, chunk size: Int = 7
) throws(ManifestError) -> [ManifestRow] {
    var parser = ManifestParser(name: "m", format: format, bucket: bucket)
    var rows: [ManifestRow] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        rows += try parser.parse(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
    }
    return rows + (try parser.finish())
}
