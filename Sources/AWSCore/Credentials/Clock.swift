internal import Glibc

/// Tells the time in seconds since 1970.
typealias Clock = @Sendable () -> Int64

/// The system's time in seconds since 1970.
@Sendable
public func secondsSince1970() -> Int64 { Int64(time(nil)) }
