/// Runs what reads so many bytes on another thread than that of the event loop, where it would keep all requests waiting
/// for more than a millisecond: MD5 takes that long for 512 KiB.
func computing<Value: Sendable>(
    on count: Int, _ body: @concurrent () async throws -> Value
) async rethrows -> Value {
    guard count > 512 << 10 else { return try await body() }
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { try await body() }
}
