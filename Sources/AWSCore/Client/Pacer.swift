import HTTPTransport

/// Makes requests wait for their turn, host by host, in the order in which they came.
final class Pacer: Sendable {
    /// How many hosts are remembered; those that limit nothing are forgotten beyond it.
    private static let maximumHosts = 1_024
    /// After how long at the latest a request that waits looks again whether the rate has climbed.
    private static let longestSleep = Duration.milliseconds(250)

    private let hosts = Locked<[String: HostQueue]>([:])
    private let timing: Timing

    init(_ timing: Timing) { self.timing = timing }

    /// Returns when a request to the host may go.
    ///
    /// - Throws: `CancellationError`.
    func turn(at host: String) async throws {
        guard let ticket = enter(host) else { return }
        while let wait = wait(ticket, at: host) {
            do {
                try await timing.sleep(min(wait, Self.longestSleep))
            } catch {
                hosts.withLock { $0[host]?.waiting.removeAll { $0 == ticket } }
                throw error
            }
        }
    }

    /// Notes that the host asks for fewer requests.
    func refuse(at host: String) {
        let now = timing.now()
        hosts.withLock { $0[host, default: HostQueue()].rate.refuse(at: now) }
    }

    /// A place in the host's queue; `nil` when the request may go at once.
    private func enter(_ name: String) -> Int? {
        let now = timing.now()
        return hosts.withLock { hosts in
            if hosts.count >= Self.maximumHosts, hosts[name] == nil {
                hosts = hosts.filter { $0.value.rate.limit != nil || !$0.value.waiting.isEmpty }
            }
            return hosts[name, default: HostQueue()].enter(at: now)
        }
    }

    /// How long the holder of a ticket has to wait; `nil` when its turn has come.
    private func wait(_ ticket: Int, at name: String) -> Duration? {
        let now = timing.now()
        return hosts.withLock { $0[name]?.wait(ticket, at: now) }
    }
}

/// Who waits for one host, first come first.
private struct HostQueue {
    var rate = RequestRate()
    var waiting: [Int] = []
    private var tickets = 0

    mutating func enter(at now: RequestRate.Instant) -> Int? {
        guard !waiting.isEmpty || rate.wait(at: now, place: 0) > .zero else {
            rate.send(at: now)
            return nil
        }
        tickets += 1
        waiting.append(tickets)
        return tickets
    }

    mutating func wait(_ ticket: Int, at now: RequestRate.Instant) -> Duration? {
        guard let place = waiting.firstIndex(of: ticket) else { return nil }
        let wait = rate.wait(at: now, place: place)
        // Without a limit, all that wait may go, whoever wakes first.
        guard wait == .zero, place == 0 || rate.limit == nil else { return max(wait, .milliseconds(1)) }
        waiting.remove(at: place)
        rate.send(at: now)
        return nil
    }
}
