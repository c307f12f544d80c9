import HTTPTransport
import LambdaRuntime
import TestSupport
import Testing

extension LambdaRuntimeTests {
    @Suite struct StatusTests {
        @Test(arguments: [403, 500, 502, 301])
        func nextThatIsRefusedEndsTheLoop(_ status: Int) async throws {
            let api = try ScriptedRuntimeAPI([], afterwards: .respond(status, body: "{\"errorType\":\n\"Odd\"}"))
            let end = try await api.run { event, _ in event }
            #expect(end == .refused(call: "next", status: status, message: "{\"errorType\": \"Odd\"}"))
        }

        @Test(arguments: [400, 403, 404])
        func anAnswerThatIsRefusedIsLoggedAndTheLoopGoesOn(_ status: Int) async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a"), .init(id: "b")]) {
                $0.target.hasSuffix("/a/response") ? .respond(status, body: "late") : nil
            }
            _ = try await api.run { event, _ in event }
            #expect(api.posts.map(\.call) == ["invocation/a/response", "invocation/b/response"])
            #expect(api.log.withLock { $0 } == ["Runtime API response: status \(status) late; request a"])
        }

        @Test func anAnswerThatLambdaFindsTooLargeIsReported() async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a"), .init(id: "b")]) {
                $0.target.hasSuffix("/a/response") ? .respond(413) : nil
            }
            _ = try await api.run { event, _ in event }
            #expect(api.posts.map(\.call) == ["invocation/a/response", "invocation/a/error", "invocation/b/response"])
            #expect(api.posts[1].body.contains("Function.ResponseSizeTooLarge"))
        }

        @Test(arguments: ["response", "error"])
        func status500EndsTheLoop(_ call: String) async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a"), .init(id: "b")]) {
                $0.target.hasSuffix(call) ? .respond(500) : nil
            }
            let end = try await api.run { event, _ throws(InvocationError) in
                if call == "error" { throw InvocationError(type: "Runtime.Odd", message: "odd") }
                return event
            }
            #expect(end == .refused(call: call, status: 500, message: ""))
            #expect(api.posts.count == 1)
        }

        @Test(arguments: [400, 403, 413])
        func anErrorThatIsRefusedIsLoggedAndTheLoopGoesOn(_ status: Int) async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a"), .init(id: "b")]) {
                $0.target.hasSuffix("/a/error") ? .respond(status) : nil
            }
            _ = try await api.run { event, context throws(InvocationError) in
                if context.requestId == "a" { throw InvocationError(type: "Runtime.Odd", message: "odd") }
                return event
            }
            #expect(api.posts.map(\.call) == ["invocation/a/error", "invocation/b/response"])
            #expect(api.log.withLock { $0.count } == 1)
        }

        @Test func anAnswerIsPostedAgainWhenTheConnectionBreaks() async throws {
            let isFirst = Locked(true)
            let api = try ScriptedRuntimeAPI([.init(id: "a"), .init(id: "b")]) { request in
                guard request.target.hasSuffix("/a/response") else { return nil }
                let breaks = isFirst.withLock { first in
                    defer { first = false }
                    return first
                }
                return breaks ? [.reset] : .respond(403, body: "InvalidStateTransition")
            }
            _ = try await api.run { event, _ in event }
            let calls = api.posts.map(\.call)
            #expect(calls == ["invocation/a/response", "invocation/a/response", "invocation/b/response"])
        }

        @Test func aConnectionThatBreaksInNextEndsTheLoop() async throws {
            let api = try ScriptedRuntimeAPI([], afterwards: [.close])
            let end = try await api.run { event, _ in event }
            guard case .transport(call: "next", _) = end else {
                Issue.record("ended with \(String(describing: end))")
                return
            }
        }

        @Test(arguments: [nil, "", "../../x", "a b", "a?b", String(repeating: "a", count: 257)])
        func anInvocationWithoutAUsableIdEndsTheLoop(_ id: String?) async throws {
            let api = try ScriptedRuntimeAPI([.init(id: id)])
            let end = try await api.run { event, _ in event }
            guard case .malformedInvocation = end else {
                Issue.record("ended with \(String(describing: end))")
                return
            }
            #expect(api.posts.isEmpty)
        }

        @Test(arguments: [nil, "", "soon", "-1", "0", "99999999999999999999", "1.5"])
        func anInvocationWithoutAUsableDeadlineIsReported(_ deadline: String?) async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a", deadline: deadline), .init(id: "b")])
            _ = try await api.run { event, _ in event }
            #expect(api.posts.map(\.call) == ["invocation/a/error", "invocation/b/response"])
            #expect(api.posts[0].body.contains("Lambda-Runtime-Deadline-Ms"))
        }

        @Test func anInitErrorIsReported() async throws {
            let api = try ScriptedRuntimeAPI([])
            try await api.runtime().reportInitError(
                InvocationError(type: "Runtime.InvalidSetting", message: "S3HAUL_ACL"))
            #expect(api.posts.map(\.call) == ["init/error"])
            #expect(api.posts[0].body.contains("\"errorType\":\"Runtime.InvalidSetting\""))
            #expect(api.server.requests[0].headers["Lambda-Runtime-Function-Error-Type"] == "Runtime.InvalidSetting")
        }

        @Test(arguments: [403, 500])
        func anInitErrorThatIsRefusedTrapsNothing(_ status: Int) async throws {
            let api = try ScriptedRuntimeAPI([]) { _ in .respond(status) }
            let error = InvocationError(type: "Runtime.InvalidSetting", message: "S3HAUL_ACL")
            if status == 500 {
                await #expect(throws: LambdaRuntimeError.self) { try await api.runtime().reportInitError(error) }
            } else {
                try await api.runtime().reportInitError(error)
                #expect(api.log.withLock { $0.count } == 1)
            }
        }
    }
}
