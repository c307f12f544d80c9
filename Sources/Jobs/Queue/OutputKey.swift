/// The keys of what s3haul writes itself and that is no manifest: where events of it reach a queue of manifests, it would
/// feed it for ever, or poison it.
enum OutputKey {
    private static let archives = [".tar", ".tar.gz", ".tar.zst", ".zip"]
    private static let besides = [".objects/", ".objects.version-", ".numbers/"]
    private static let indexes = [".index.jsonl.gz", ".index.csv.gz"]

    /// Whether a key is that of an archive, of something beside one, of a claim, or of a grouping but for its manifests.
    static func matches(_ key: String) -> Bool {
        (archives + indexes).contains { key.hasSuffix($0) }
            || archives.contains { archive in besides.contains { key.contains(archive + $0) } }
            || key.hasSuffix(".jsonl") && [".dlq.", ".deleted."].contains { key.contains($0) }
            || isClaim(key) || isOfGrouping(key)
    }

    /// `claims/LOT/000001`, with `.end` or `.lease` behind it, `claims/LOT/TOKEN.claim.jsonl`, and `manifests/DIGEST.lease`.
    private static func isClaim(_ key: String) -> Bool {
        if key.hasSuffix(".claim.jsonl") { return true }
        let names = key.split(separator: "/")
        guard let last = names.last, names.count > 1 else { return false }
        let folders = names.dropLast()
        if folders.last == "manifests" { return last.hasSuffix(".lease") && isDigest(last.dropLast(6)) }
        let number = last.prefix { $0.isASCII && $0.isNumber }
        return folders.dropLast().last == "claims" && folders.last.map(isDigest) == true && number.count >= 6
            && ["", ".end", ".lease"].contains(last.dropFirst(number.count))
    }

    private static func isDigest(_ name: Substring) -> Bool { name.utf8.count == 32 && name.allSatisfy(\.isHexDigit) }

    /// `grouping.json`, and the list `manifests-0001.txt`.
    private static func isOfGrouping(_ key: String) -> Bool {
        let name = key.split(separator: "/").last ?? ""
        if name == "grouping.json" { return true }
        guard name.hasPrefix("manifests-"), name.hasSuffix(".txt") else { return false }
        let number = name.dropFirst("manifests-".count).dropLast(".txt".count)
        return number.count >= 4 && number.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
