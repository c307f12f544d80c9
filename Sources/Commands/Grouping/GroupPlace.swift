import Console

/// Where a grouping's manifests and its document are.
protocol GroupPlace: Sendable {
    /// A folder of this machine for manifests that are not whole yet.
    var spoolFolder: String { get }
    /// Makes the place ready to be written to, for one run at a time where that can be had.
    func prepare() async throws
    /// Removes what is not whole.
    func cleanUp()
    /// What `name` has there; `nil` where it is not there.
    func read(_ name: String) async throws -> [UInt8]?
    /// Stores a small file under a name where none is; says whether it did.
    func create(_ bytes: [UInt8], _ name: String) async throws -> Bool
    /// Stores a small file under a name, whatever was there.
    func replace(_ bytes: [UInt8], _ name: String) async throws
    /// Whether there are manifests of anybody.
    func hasManifests() async throws -> Bool
    /// Stores a manifest; says whether it did, or the same manifest was there already.
    ///
    /// - Throws: `UsageError` when another manifest has the name.
    func store(_ manifest: SpooledManifest, _ name: String) async throws -> Bool
    /// The path or address of a name.
    func address(_ name: String) -> String
}

/// What is said when a manifest is there that is not the one to store.
func differs(_ address: String) -> UsageError {
    UsageError(
        "\(address) is there already, with other objects: what is grouped has changed since, or the manifest is "
            + "somebody else's; give another place with --to")
}
