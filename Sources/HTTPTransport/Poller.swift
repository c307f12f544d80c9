import CLinux
import Glibc

/// Waits for sockets, a point in time, or a wake-up from another thread, whichever comes first.
final class Poller: Sendable {
    /// What happened at a socket.
    struct Event {
        var descriptor: Int32
        var canRead: Bool
        var canWrite: Bool
        var hasFailed: Bool
    }

    private let epoll: Int32
    private let wakeUp: Int32

    init?() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { return nil }
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeUp >= 0 else {
            close(epoll)
            return nil
        }
        watch(wakeUp, forReading: true, forWriting: false)
    }

    deinit {
        close(wakeUp)
        close(epoll)
    }

    /// Ends a `wait`, now or when it begins. Any thread may call it.
    func wake() {
        eventfd_write(wakeUp, 1)
    }

    /// Watches a socket from now on, or watches it for something else.
    func watch(_ descriptor: Int32, forReading: Bool, forWriting: Bool) {
        var event = epoll_event()
        event.events = (forReading ? EPOLLIN.rawValue : 0) | (forWriting ? EPOLLOUT.rawValue : 0)
        event.data.fd = descriptor
        if epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0, errno == EEXIST {
            epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event)
        }
    }

    /// Watches a socket no more; one that is closed already is no error.
    func forget(_ descriptor: Int32) {
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    /// Waits.
    ///
    /// - Parameter deadline: When to return at the latest; `nil` waits for an event.
    /// - Returns: The sockets at which something happened; none at the deadline and after a wake-up.
    func wait(until deadline: ContinuousClock.Instant?) -> [Event] {
        let capacity = 128
        // Of the array, which is not used behind the closure, only as many as the kernel says that it wrote are read.
        return withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: capacity) { events in
            let count = epoll_wait(epoll, events.baseAddress, Int32(capacity), Self.milliseconds(until: deadline))
            return events.prefix(Int(max(count, 0))).compactMap { event in
                guard event.data.fd != wakeUp else {
                    var value: eventfd_t = 0
                    eventfd_read(wakeUp, &value)
                    return nil
                }
                let happened = event.events
                return Event(
                    descriptor: event.data.fd, canRead: happened & EPOLLIN.rawValue != 0,
                    canWrite: happened & EPOLLOUT.rawValue != 0,
                    hasFailed: happened & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0)
            }
        }
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let milliseconds = (deadline - .now) / .milliseconds(1)
        return milliseconds <= 0 ? 0 : Int32(min(milliseconds.rounded(.up), 60_000))
    }
}
