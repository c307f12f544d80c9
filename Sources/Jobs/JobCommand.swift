import S3

/// What AWS Batch is told of one task, so that the worker can do it without the event: `s3haul copy SOURCE DESTINATION`
/// with the settings in its environment.
public struct JobCommand: Sendable, Equatable {
    /// The command of the job definition.
    ///
    /// AWS Batch puts the parameters in. As parameters, and not as a command of each job, they are never searched for
    /// `Ref::` themselves, which a key may have in it.
    public static let template = ["s3haul", "copy", "Ref::source", "Ref::destination"]

    /// The job's name, made from the run and the object, the same for the same task: up to 128 characters.
    public var name: String
    /// `source` and `destination`, as `s3://bucket/key`.
    public var parameters: [String: String]
    /// The settings, and the run's id.
    public var environment: [String: String]
    /// The run's id, the bucket and the key, as far as tags can say them.
    public var tags: [String: String]

    /// Makes the command of a task.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - settings: How it is copied.
    ///   - run: The id of the run.
    public init(_ task: CopyTask, settings: RunSettings, run: String) {
        var settings = settings
        settings.run = run
        name = Self.name(of: task.source, run: run)
        parameters = ["source": task.source.uri, "destination": task.destination.uri]
        environment = settings.environment
        tags = [
            "s3haul:run": Self.tagValue(run), "s3haul:bucket": Self.tagValue(task.source.bucket),
            "s3haul:key": Self.tagValue(task.source.key),
        ]
    }

    /// The worker's command line: the template with the parameters put in.
    public var arguments: [String] {
        Self.template.map { argument in
            guard argument.hasPrefix("Ref::") else { return argument }
            return parameters[String(argument.dropFirst("Ref::".count))] ?? argument
        }
    }

    /// A name of letters, digits, `-` and `_` that begins with a letter (AWS Batch: SubmitJob, jobName).
    ///
    /// The end of the key says most to a person; the digest tells apart what is cut off or replaced.
    private static func name(of object: ObjectReference, run: String) -> String {
        let digest = String(fingerprint(object.uri), radix: 16)
        let beginning = "s3haul-\(plain(run).prefix(40))-"
        let room = 128 - beginning.utf8.count - digest.utf8.count - 1
        return beginning + plain(object.key).suffix(room) + "-" + digest
    }

    private static func plain(_ text: String) -> String {
        String(
            decoding: text.utf8.map {
                SettingValue.isNameByte($0) && $0 != UInt8(ascii: ".") ? $0 : UInt8(ascii: "-")
            }, as: UTF8.self)
    }

    /// FNV-1a of 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/): it tells names apart and protects nothing.
    private static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The end of a text as a tag may have it: letters, digits, spaces and `+ - = . _ : / @`, up to 256 characters
    /// (AWS Batch User Guide, Tag restrictions).
    private static func tagValue(_ text: String) -> String {
        let allowed = text.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber, .otherNumber:
                scalar.value > 0xFFFF ? "_" : Character(scalar)
            default: " +-=._:/@".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
            }
        }
        return String(allowed.suffix(256))
    }
}
