/// Where a member of anybody's archive may be extracted to.
public enum ExtractionPath {
    /// The components of a name's path below the folder that one extracts to.
    ///
    /// Components `.` and the slash behind a folder's name are left out; what is left has no way up or out. That two
    /// members have one path, or that a link stands in the way, only who extracts can see.
    ///
    /// - Parameter name: A member's name, as it stands in the archive.
    /// - Returns: The components; none for the folder itself.
    /// - Throws: ``ArchiveError`` for a name that is absolute, leads upwards, or that no file can have.
    public static func components(of name: String) throws(ArchiveError) -> [String] {
        guard !name.isEmpty, name.utf8.first != UInt8(ascii: "/") else {
            throw ArchiveError(.unsupported, "\(name): a member with no name, or an absolute one", at: 0)
        }
        let all = name.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
        let components = all.filter { $0 != "." }.map { String($0) }
        for component in components {
            guard component != "..", !component.utf8.contains(0), component.utf8.count <= MemberName.longestComponent
            else { throw ArchiveError(.unsupported, "\(name): not a path below the target", at: 0) }
        }
        return components
    }
}
