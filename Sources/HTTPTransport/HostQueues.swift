/// Who may use a connection to which host, and who waits for one: in order, host by host.
struct HostQueues<Waiter> {
    private struct Queue {
        var active = 0
        var waiting: [Waiter] = []
        var head = 0
    }

    private let limit: Int
    private var queues: [String: Queue] = [:]

    init(limit: Int) { self.limit = max(limit, 1) }

    /// Asks for a connection: `true` when it is free, else the waiter is put last in the host's queue.
    mutating func enter(_ host: String, _ waiter: Waiter) -> Bool {
        var queue = queues.removeValue(forKey: host) ?? Queue()
        defer { queues[host] = queue }
        guard queue.active < limit else {
            queue.waiting.append(waiter)
            return false
        }
        queue.active += 1
        return true
    }

    /// Gives a connection back: whoever waited longest has it now.
    mutating func leave(_ host: String) -> Waiter? {
        guard var queue = queues.removeValue(forKey: host) else { return nil }
        guard queue.head < queue.waiting.count else {
            queue.active -= 1
            if queue.active > 0 { queues[host] = Queue(active: queue.active) }
            return nil
        }
        let next = queue.waiting[queue.head]
        queue.head += 1
        if queue.head > 64, queue.head * 2 > queue.waiting.count {
            queue.waiting.removeFirst(queue.head)
            queue.head = 0
        }
        queues[host] = queue
        return next
    }

    /// Everyone who waits, at any host; they wait no more.
    mutating func removeAllWaiting() -> [Waiter] {
        let waiting = queues.values.flatMap { $0.waiting[$0.head...] }
        for host in queues.keys { queues[host]?.waiting = [] }
        for host in queues.keys { queues[host]?.head = 0 }
        return waiting
    }

    /// What counts as one host in a URL: scheme and authority.
    static func host(of url: String) -> String {
        var slashes = 0
        let end = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3 || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
        }
        return String(url[..<(end ?? url.endIndex)])
    }
}
