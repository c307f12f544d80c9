import Dispatching
import HTTPTransport
import TestSupport
import Testing

@Suite struct EmulatedFunctionTests {
    private func invoke(_ script: @escaping ScriptedServer.Script) async throws -> (
        Result<FunctionAnswer, InvocationFailure>, [ScriptedServer.Request]
    ) {
        let server = try ScriptedServer(script: script)
        let transport = try HTTPClient()
        let function = EmulatedFunction(endpoint: server.url + "/", function: "driver", transport: transport)
        let answer: Result<FunctionAnswer, InvocationFailure>
        do throws(InvocationFailure) {
            answer = .success(try await function.invoke(Array("event".utf8)))
        } catch {
            answer = .failure(error)
        }
        await transport.shutdown()
        return (answer, server.requests)
    }

    @Test func postsTheEvent() async throws {
        let (answer, requests) = try await invoke { _ in .respond(200, body: "answer") }
        #expect(try answer.get() == FunctionAnswer(payload: Array("answer".utf8)))
        #expect(requests.map(\.method) == ["POST"])
        #expect(requests.map(\.target) == ["/2015-03-31/functions/driver/invocations"])
        #expect(requests.map(\.body) == [Array("event".utf8)])
    }

    @Test func seesThatTheFunctionFailed() async throws {
        let (answer, _) = try await invoke { _ in .respond(200, ["X-Amz-Function-Error": "Unhandled"], body: "{}") }
        #expect(try answer.get().functionError == "Unhandled")
    }

    @Test(arguments: [
        (429, "", InvocationFailure.Kind.throttled), (500, "oops", .throttled), (503, "", .throttled),
        (400, "", .throttled), (400, "InvalidParameterValue", .refused), (404, "no such function", .refused),
    ])
    func tellsWhatAFailureMeans(_ status: Int, _ body: String, _ kind: InvocationFailure.Kind) async throws {
        let (answer, _) = try await invoke { _ in .respond(status, body: body) }
        #expect(throws: InvocationFailure.self) { try answer.get() }
        if case .failure(let failure) = answer { #expect(failure.kind == kind) }
    }

    @Test func saysThatNobodyAnswers() async throws {
        let (answer, _) = try await invoke { _ in [.reset] }
        guard case .failure(let failure) = answer else {
            Issue.record("an answer where there was none")
            return
        }
        #expect(failure.kind == .unreachable)
        #expect(failure.message.contains("gives no answer"))
    }
}
