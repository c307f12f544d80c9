/// A value that one side gives once and the other waits for.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case awaited(CheckedContinuation<Value, Never>)
        case given(Value)
    }

    private let state = Locked(State.empty)

    /// Gives the value; all but the first are ignored.
    func fulfil(_ value: Value) {
        let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
            switch state {
            case .empty:
                state = .given(value)
                return nil
            case .awaited(let waiter):
                state = .given(value)
                return waiter
            case .given:
                return nil
            }
        }
        waiter?.resume(returning: value)
    }

    /// The value, when it is there. Only one task may wait.
    func value() async -> Value {
        await withCheckedContinuation { waiter in
            let given: Value? = state.withLock { state in
                if case .given(let value) = state { return value }
                state = .awaited(waiter)
                return nil
            }
            if let given { waiter.resume(returning: given) }
        }
    }
}
