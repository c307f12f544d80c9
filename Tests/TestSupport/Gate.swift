import Dispatch

/// Holds a thread of a test server until the test lets it go.
public final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Makes a gate that is shut.
    public init() {}

    /// Lets everyone through, now and later.
    public func open() { semaphore.signal() }

    /// Waits until the gate is open, or for 20 seconds, so that a broken test ends.
    ///
    /// Runs on a test server's own thread.
    public func wait() {
        _ = semaphore.wait(timeout: .now() + .seconds(20))
        semaphore.signal()
    }
}
