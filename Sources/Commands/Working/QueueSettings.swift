import Console
import Jobs
import S3

/// The settings of bundles from a queue: those of a message go before the worker's own.
struct QueueSettings: Sendable {
    let environment: [String: String]
    /// The worker's flags with their values, of which some are settings.
    let flags: [(flag: String, value: String)]
    /// Where archives go unless a message says it.
    let destination: String?

    /// What a bundle is made with.
    struct Resolved: Sendable {
        var settings: RunSettings
        /// `nil` where neither message nor worker says it.
        var destination: ObjectPrefix?
    }

    /// The settings for a message.
    ///
    /// - Throws: `SettingError` or `UsageError` for the first value that is wrong.
    func resolved(_ message: QueueMessage.Settings) throws -> Resolved {
        let given = Setting.all.compactMap { setting in
            message[setting.environmentVariable].map { (flag: setting.flag, value: $0) }
        }
        let settings = try RunSettings(environment: environment, flags: flags + given)
        let text = message["S3HAUL_TO"] ?? destination
        do {
            return Resolved(settings: settings, destination: try text.map(ObjectPrefix.init(uri:)))
        } catch {
            throw UsageError("--to: \(error)")
        }
    }

    /// The settings for a message, and where its archive goes.
    ///
    /// - Throws: The same, and where no place is said.
    func placed(_ message: QueueMessage.Settings) throws -> (settings: RunSettings, destination: ObjectPrefix) {
        let resolved = try resolved(message)
        guard let destination = resolved.destination else {
            throw UsageError(
                "the message does not say where its archive goes; start workers with --to s3://BUCKET/PREFIX")
        }
        // Copies beside an archive that are cut off are gone on with.
        var settings = resolved.settings
        settings.copy.state = Self.claims(settings, destination)
        return (settings, destination)
    }
}

extension QueueSettings {
    /// Where the claims of bundles are kept: in the state's place, or else below the destination, in a folder that
    /// Athena and DuckDB do not look into.
    static func claims(_ settings: RunSettings, _ destination: ObjectPrefix) -> ObjectPrefix {
        if let state = settings.copy.state { return state }
        let folder = destination.prefix
        let separator = folder.isEmpty || folder.hasSuffix("/") ? "" : "/"
        return ObjectPrefix(bucket: destination.bucket, prefix: "\(folder)\(separator)_s3haul/")
    }
}
