internal import FoundationEssentials

/// How a worker works.
public struct WorkOptions: Sendable {
    /// When collected objects are enough for a bundle.
    public var limits = BundleLimits()
    /// How many bundles are made at a time.
    public var concurrency = 2
    /// For how many seconds messages are hidden; they come back that long after a worker was killed.
    public var visibility = 120
    /// How long the queue must have been empty for the worker to end; `nil` lets it wait for ever.
    public var idleExit: Duration?
    /// After how many bundles it ends; `nil` for any number.
    public var maxJobs: Int?
    /// Who this is, for others who look at its claims.
    public var worker = "s3haul"

    /// Makes the default options.
    public init() {}
}

/// What a queue says of itself.
public struct QueueFacts: Sendable, Equatable {
    /// After how many receipts a message goes to the dead-letter queue; `nil` where there is none.
    public var maxReceiveCount: Int?
    /// About how many messages can be received.
    public var waiting: Int?
    /// About how many messages others have.
    public var inFlight: Int?

    /// The attributes that are asked for.
    public static let names = [
        "RedrivePolicy", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
    ]

    /// Reads attributes.
    public init(_ attributes: [String: String]) {
        struct RedrivePolicy: Decodable {
            var maxReceiveCount: Int?

            enum CodingKeys: String, CodingKey {
                case maxReceiveCount
            }

            /// SQS says the number as a number or as a text, as it was set.
            init(from decoder: any Decoder) throws {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                maxReceiveCount =
                    if let number = try? fields.decode(Int.self, forKey: .maxReceiveCount) { number } else {
                        Int(try fields.decode(String.self, forKey: .maxReceiveCount))
                    }
            }
        }
        let policy = attributes["RedrivePolicy"].map { Data($0.utf8) }
        maxReceiveCount = policy.flatMap { try? JSONDecoder().decode(RedrivePolicy.self, from: $0) }?.maxReceiveCount
        waiting = attributes["ApproximateNumberOfMessages"].flatMap { Int($0) }
        inFlight = attributes["ApproximateNumberOfMessagesNotVisible"].flatMap { Int($0) }
    }
}
