import CCurl
import Glibc

/// The one thread on which libcurl runs: it watches the sockets of all exchanges, and does what tasks ask of it.
final class EventLoop: @unchecked Sendable {
    // Unchecked: tasks touch `inbox` and `wakeUp` alone; every other `var` belongs to the thread that `run` is on.

    /// What a task can ask for.
    enum Command {
        case start(Exchange)
        case cancel(Exchange)
        /// The caller has made room, or has something to send.
        case resume(Exchange)
        case stop
    }

    private struct Inbox {
        var commands: [Command] = []
        /// What the tasks have to do that run on this thread.
        var jobs: [UnownedJob] = []
        /// Whether the thread waits, and has to be woken for what comes in.
        var isAsleep = false
        var isClosed = false

        var isEmpty: Bool { commands.isEmpty && jobs.isEmpty }

        /// Says, once, that the thread has to be woken.
        mutating func needsWaking() -> Bool {
            defer { isAsleep = false }
            return isAsleep
        }

        mutating func takeAll() -> ([Command], [UnownedJob]) {
            defer { (commands, jobs, isAsleep) = ([], [], false) }
            return (commands, jobs)
        }
    }

    private let configuration: HTTPClient.Configuration
    private let inbox = Locked(Inbox())
    private let poller: Poller
    private let multi: UnsafeMutableRawPointer
    private let ended = Promise<Void>()
    private var active: [ObjectIdentifier: Exchange] = [:]
    private var queues: HostQueues<Exchange>
    private var idleHandles: [EasyHandle] = []
    private var timer: ContinuousClock.Instant?
    private var nextIdleCheck: ContinuousClock.Instant?
    private var isStopping = false
    private let arrivals = Arrivals()

    /// libcurl's and OpenSSL's own start, once a process.
    private static let library: CURLcode = {
        // OpenSSL's cleanup at exit would race threads that still use it.
        OpenSSL.keepUntilExit()
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    /// Starts the thread.
    ///
    /// - Throws: `HTTPError` of phase `request` when libcurl, a file descriptor or the thread is not to be had.
    init(_ configuration: HTTPClient.Configuration) throws(HTTPError) {
        self.configuration = configuration
        queues = HostQueues(limit: configuration.connectionsPerHost)
        guard Self.library == CURLE_OK, let multi = curl_multi_init() else { throw .noLoop("libcurl does not start") }
        guard let poller = Poller() else {
            curl_multi_cleanup(multi)
            throw .noLoop("no file descriptor for the event loop")
        }
        self.multi = multi
        self.poller = poller
        _ = s3haul_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 2 * configuration.connectionsPerHost)
        _ = s3haul_curl_multi_set_callbacks(multi, onSocket, onTimer, Unmanaged.passUnretained(self).toOpaque())
        try startThread()
    }

    deinit {
        curl_multi_cleanup(multi)
    }

    private func startThread() throws(HTTPError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self)
        let code = pthread_create(&thread, nil, runEventLoop, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw .noLoop("no thread for the event loop")
        }
        pthread_detach(thread)
    }

    /// Hands a command to the thread; after `stop`, whatever would start is cancelled.
    func post(_ command: Command) {
        let (mustWake, isClosed): (Bool, Bool) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (false, true) }
            inbox.commands.append(command)
            return (inbox.needsWaking(), false)
        }
        if mustWake { poller.wake() }
        if isClosed, case .start(let exchange) = command { exchange.finish(.failure(.shutDown)) }
    }

    /// Returns when the thread has ended.
    func waitUntilEnded() async { await ended.value() }

    /// The thread's work, from start to stop.
    fileprivate func run() {
        while !isStopping {
            let ready = poller.wait(until: wakingTime())
            for event in ready { act(on: event) }
            doWhatCameIn()
            fireTimer()
            collectFinished()
            deliverArrivals()
            checkIdle()
        }
        stopAll()
        ended.fulfil(())
    }

    /// When to wake up at the latest; now, when there is something to do.
    private func wakingTime() -> ContinuousClock.Instant? {
        let mayWait: Bool = inbox.withLock { inbox in
            inbox.isAsleep = inbox.isEmpty
            return inbox.isAsleep
        }
        return mayWait ? [timer, nextIdleCheck].compactMap { $0 }.min() : .now
    }

    private func doWhatCameIn() {
        let (commands, jobs) = inbox.withLock { $0.takeAll() }
        for command in commands { carryOut(command) }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    private func carryOut(_ command: Command) {
        switch command {
        case .start(let exchange):
            guard !exchange.isCancelled, !isStopping else { return exchange.finish(.failure(.cancelled(sent: false))) }
            if queues.enter(HostQueues<Exchange>.host(of: exchange.request.url), exchange) { begin(exchange) }
        case .cancel(let exchange):
            cancel(exchange)
        case .resume(let exchange):
            guard let handle = exchange.handle else { return }
            curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
            timer = .now
        case .stop:
            isStopping = true
        }
    }

    /// Uses a connection that is free: for this exchange or, where it cannot begin, for the next in the host's queue.
    ///
    /// A loop, as any number of those that wait may have been cancelled.
    private func begin(_ first: Exchange) {
        var candidate: Exchange? = first
        while let exchange = candidate {
            guard let failure = start(exchange) else { return }
            release(exchange, .failure(failure))
            candidate = queues.leave(HostQueues<Exchange>.host(of: exchange.request.url))
        }
    }

    /// Hands an exchange to libcurl; says why where that is not possible.
    private func start(_ exchange: Exchange) -> HTTPError? {
        if exchange.isCancelled { return .cancelled(sent: false) }
        guard let handle = idleHandles.popLast() ?? EasyHandle() else { return .noLoop("libcurl has no handle left") }
        exchange.handle = handle
        exchange.arrivals = arrivals
        do throws(HTTPError) {
            try handle.prepare(exchange, configuration)
        } catch {
            return error
        }
        active[ObjectIdentifier(exchange)] = exchange
        guard curl_multi_add_handle(multi, handle.pointer) == CURLM_OK else {
            return .noLoop("libcurl takes no further transfer")
        }
        scheduleIdleCheck(exchange.request.deadlines)
        return nil
    }

    private func cancel(_ exchange: Exchange) {
        exchange.isCancelled = true
        guard let handle = exchange.handle else { return exchange.finish(.failure(.cancelled(sent: false))) }
        end(exchange, .failure(.cancelled(sent: handle.hasSent)))
    }

    /// Takes an exchange off its connection, and lets the next in the host's queue begin.
    private func end(_ exchange: Exchange, _ result: Result<Void, HTTPError>) {
        release(exchange, result)
        if let next = queues.leave(HostQueues<Exchange>.host(of: exchange.request.url)) { begin(next) }
    }

    /// Takes an exchange off its connection and tells its caller.
    private func release(_ exchange: Exchange, _ result: Result<Void, HTTPError>) {
        active[ObjectIdentifier(exchange)] = nil
        if let handle = exchange.handle {
            exchange.handle = nil
            curl_multi_remove_handle(multi, handle.pointer)
            keep(handle, after: result)
        }
        exchange.finish(result)
    }

    /// Keeps a handle for the next exchange, unless it failed: libcurl 7.88 then may refuse to set it up again.
    private func keep(_ handle: EasyHandle, after result: Result<Void, HTTPError>) {
        guard case .success = result, idleHandles.count < configuration.connectionsPerHost else { return }
        handle.reset()
        idleHandles.append(handle)
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let exchange = EasyHandle.exchange(of: easy), let handle = exchange.handle
            else { continue }
            let code = message.pointee.data.result
            end(exchange, exchange.result(of: code, detail: handle.errorMessage, mayHaveBeenSent: handle.hasSent))
        }
    }

    private func deliverArrivals() {
        for exchange in arrivals.exchanges where exchange.handle != nil { exchange.deliver() }
        arrivals.exchanges.removeAll(keepingCapacity: true)
    }

    private func stopAll() {
        let (late, jobs): ([Command], [UnownedJob]) = inbox.withLock { inbox in
            inbox.isClosed = true
            return inbox.takeAll()
        }
        for exchange in queues.removeAllWaiting() { exchange.finish(.failure(.shutDown)) }
        for exchange in active.values { end(exchange, .failure(.shutDown)) }
        for case .start(let exchange) in late { exchange.finish(.failure(.shutDown)) }
        for job in jobs { globalConcurrentExecutor.enqueue(job) }
        idleHandles = []
    }
}

// MARK: - Tasks that run on this thread

extension EventLoop: TaskExecutor {
    /// Runs a task's next step on this thread; after `stop`, where tasks run that prefer no executor.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (mustWake, isClosed): (Bool, Bool) = inbox.withLock { inbox in
            guard !inbox.isClosed else { return (false, true) }
            inbox.jobs.append(job)
            return (inbox.needsWaking(), false)
        }
        if mustWake { poller.wake() }
        if isClosed { globalConcurrentExecutor.enqueue(job) }
    }
}

// MARK: - Sockets and time

extension EventLoop {
    private func act(on event: Poller.Event) {
        var running: Int32 = 0
        var mask: Int32 = 0
        if event.canRead { mask |= CURL_CSELECT_IN }
        if event.canWrite { mask |= CURL_CSELECT_OUT }
        if event.hasFailed { mask |= CURL_CSELECT_ERR }
        curl_multi_socket_action(multi, event.descriptor, mask, &running)
    }

    private func fireTimer() {
        guard let due = timer, due <= .now else { return }
        timer = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
    }

    fileprivate func setTimer(milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    fileprivate func watch(_ socket: Int32, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            poller.forget(socket)
        } else {
            poller.watch(
                socket, forReading: what == CURL_POLL_IN || what == CURL_POLL_INOUT,
                forWriting: what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        }
    }

    /// Idle deadlines are looked at a few times within the shortest, and at least once a second.
    private func scheduleIdleCheck(_ deadlines: HTTPDeadlines) {
        guard let idle = deadlines.idle else { return }
        let check = ContinuousClock.now + min(.seconds(1), max(idle / 4, .milliseconds(5)))
        nextIdleCheck = nextIdleCheck.map { min($0, check) } ?? check
    }

    private func checkIdle() {
        guard let due = nextIdleCheck, due <= .now else { return }
        nextIdleCheck = nil
        let now = ContinuousClock.now
        for exchange in active.values {
            guard let idle = exchange.request.deadlines.idle, let handle = exchange.handle else { continue }
            let quiet = exchange.idle.idleTime(
                bytes: handle.bytesMoved, waitsForCaller: exchange.waitsForCaller, at: now)
            if quiet < idle {
                scheduleIdleCheck(exchange.request.deadlines)
            } else {
                end(exchange, .failure(HTTPError(.time, "nothing moved for \(idle)", mayHaveBeenSent: handle.hasSent)))
            }
        }
    }
}

// MARK: - What libcurl and pthread call

// The context is the loop itself: its thread holds it from `startThread` until `run` returns, and libcurl calls on that
// thread, or while the loop's `deinit` takes libcurl down.

private func runEventLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // A peer that closes while we write must not end the process; the other signals are for other threads.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    if let context { Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}

private func onSocket(
    _: UnsafeMutableRawPointer, socket: Int32, what: Int32, context: UnsafeMutableRawPointer,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
    return 0
}

private func onTimer(_: UnsafeMutableRawPointer, milliseconds: Int, context: UnsafeMutableRawPointer) -> Int32 {
    Unmanaged<EventLoop>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds: milliseconds)
    return 0
}

extension HTTPError {
    static let shutDown = HTTPError(.cancelled, "the client was shut down", mayHaveBeenSent: true)

    static func cancelled(sent: Bool) -> HTTPError {
        HTTPError(.cancelled, "the task was cancelled", mayHaveBeenSent: sent)
    }

    static func noLoop(_ message: String) -> HTTPError { HTTPError(.request, message, mayHaveBeenSent: false) }
}
