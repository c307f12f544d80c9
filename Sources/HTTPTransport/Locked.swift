import Glibc

/// A value that only one thread sees at a time. The lock is held for a few instructions, never across an await.
///
/// A pthread mutex, and not `Synchronization.Mutex`, because the thread sanitizer knows the one and not the other.
package final class Locked<Value>: @unchecked Sendable {
    // Unchecked: `value` is touched by `withLock` alone, between locking and unlocking. The mutex has memory of its own
    // because it must not move while a thread is in it; only this object has the pointer, and frees it.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    /// Makes a lock around a value.
    package init(_ value: sending Value) {
        self.value = value
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` with the value, while no one else sees it.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
