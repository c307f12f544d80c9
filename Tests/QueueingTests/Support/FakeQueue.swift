import AWSCore
import HTTPTransport
import SQS

@testable import Queueing

/// A queue in memory, whose time never passes: what is hidden stays so until it is given back.
final class FakeQueue: MessageQueue {
    struct Message: Sendable {
        var body: String
        var receiveCount = 0
        var isHidden = false
    }

    struct State {
        var messages: [String: Message] = [:]
        var dead: [String] = []
        var deleted: [String] = []
        var error: AWSError?
    }

    let state = Locked(State())
    /// After so many receipts a message is dead; `nil` for never.
    let maxReceiveCount: Int?

    init(_ bodies: [String], maxReceiveCount: Int? = 3) {
        self.maxReceiveCount = maxReceiveCount
        state.withLock { state in
            for (number, body) in bodies.enumerated() { state.messages["h\(number)"] = Message(body: body) }
        }
    }

    var facts: QueueFacts {
        QueueFacts(maxReceiveCount.map { ["RedrivePolicy": #"{"maxReceiveCount":"\#($0)"}"#] } ?? [:])
    }

    /// The bodies of those that can be received.
    var visible: [String] {
        state.withLock { $0.messages.values.filter { !$0.isHidden }.map(\.body).sorted() }
    }

    var deleted: [String] { state.withLock { $0.deleted.sorted() } }

    var dead: [String] { state.withLock { $0.dead.sorted() } }

    func receive(waitSeconds: Int, visibilitySeconds: Int) async throws(AWSError) -> [ReceivedMessage] {
        await Task.yield()
        let limit = maxReceiveCount
        return try state.withLock { state throws(AWSError) in
            if let error = state.error { throw error }
            var received: [ReceivedMessage] = []
            for (handle, message) in state.messages.sorted(by: { $0.key < $1.key }) where !message.isHidden {
                guard received.count < 10 else { break }
                if let limit, message.receiveCount >= limit {
                    state.dead.append(message.body)
                    state.messages[handle] = nil
                    continue
                }
                state.messages[handle]?.isHidden = true
                state.messages[handle]?.receiveCount += 1
                received.append(
                    ReceivedMessage(
                        messageId: handle, receiptHandle: handle, body: message.body,
                        receiveCount: message.receiveCount + 1))
            }
            return received
        }
    }

    func changeVisibility(_ receiptHandles: [String], seconds: Int) async -> SQSBatchOutput {
        if seconds == 0 {
            state.withLock { state in
                for handle in receiptHandles { state.messages[handle]?.isHidden = false }
            }
        }
        return SQSBatchOutput()
    }

    func delete(_ receiptHandles: [String]) async -> SQSBatchOutput {
        state.withLock { state in
            for handle in receiptHandles {
                if let message = state.messages.removeValue(forKey: handle) { state.deleted.append(message.body) }
            }
        }
        return SQSBatchOutput()
    }

    func attributes(_ names: [String]) async throws(AWSError) -> [String: String] { [:] }
}
