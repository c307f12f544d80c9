public import S3

/// How an archive, or an object beside one, in a cold storage class is asked for.
public struct Thawing: Sendable {
    /// How soon.
    public var tier: RestoreObjectRequest.Tier
    /// For how many days it can be read.
    public var days: Int
    /// Whether to wait until it can.
    public var waits: Bool

    /// Makes a request.
    public init(tier: RestoreObjectRequest.Tier, days: Int, waits: Bool) {
        self.tier = tier
        self.days = days
        self.waits = waits
    }

    /// Between two looks at an object that is on its way: a second at first, later five minutes, which of the hours that
    /// it takes is little.
    static let longestPause = Duration.seconds(300)
}
