/// Runs what must not be left half done, to its end even when the task is cancelled; it then has `grace` to finish.
package func uncancelled<Value: Sendable>(
    grace: Duration = .seconds(3), _ body: @escaping @Sendable () async -> Value
) async -> Value {
    let work = Task { await body() }
    return await withTaskCancellationHandler {
        await work.value
    } onCancel: {
        // It ends by itself, at the latest when the grace is over.
        Task {
            try? await Task.sleep(for: grace)
            work.cancel()
        }
    }
}
