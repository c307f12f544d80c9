import HTTPTransport
import LambdaRuntime
import TestSupport
import Testing

/// One after the other, because the trace id is in the environment, of which a process has one.
@Suite(.serialized) enum LambdaRuntimeTests {}

/// Lambda's Runtime API, as far as a test's script goes: it hands out the given invocations and then hangs up.
struct ScriptedRuntimeAPI {
    struct Invocation: Sendable {
        var headers: HTTPHeaders
        var event: [UInt8] = [UInt8]("{}".utf8)

        init(id: String?, deadline: String? = "4102444800000", _ more: HTTPHeaders = [:], event: String = "{}") {
            headers = more
            headers["Lambda-Runtime-Aws-Request-Id"] = id
            headers["Lambda-Runtime-Deadline-Ms"] = deadline
            self.event = [UInt8](event.utf8)
        }
    }

    let server: ScriptedServer
    let log = Locked<[String]>([])

    /// `reply` is asked for the answer to each call but `next`; `nil` accepts it.
    init(
        _ invocations: [Invocation], afterwards: [ScriptedServer.Action] = .respond(500, body: "{}"),
        reply: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Action]? = { _ in nil }
    ) throws {
        let handedOut = Locked(0)
        server = try ScriptedServer { request in
            guard request.target == "/2018-06-01/runtime/invocation/next" else {
                return reply(request) ?? .respond(202, body: "{\"status\":\"OK\"}")
            }
            let number = handedOut.withLock { count in
                count += 1
                return count - 1
            }
            guard number < invocations.count else { return afterwards }
            return .respond(200, invocations[number].headers, bytes: invocations[number].event)
        }
    }

    func runtime() throws -> LambdaRuntime {
        LambdaRuntime(host: "127.0.0.1:\(server.port)", transport: try HTTPClient()) { [log] line in
            log.withLock { $0.append(line) }
        }
    }

    /// Runs the loop until the script is over, and gives the error that ended it.
    func run(_ handler: @escaping LambdaRuntime.Handler) async throws -> LambdaRuntimeError? {
        let runtime = try runtime()
        do throws(LambdaRuntimeError) {
            try await runtime.run(handler)
            return nil
        } catch {
            return error
        }
    }

    /// What was posted, as the part of the path behind `runtime/` and the body.
    var posts: [(call: String, body: String)] {
        server.requests.filter { $0.method == "POST" }.map {
            (String($0.target.dropFirst("/2018-06-01/runtime/".count)), String(decoding: $0.body, as: UTF8.self))
        }
    }
}
