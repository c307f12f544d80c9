import Glibc
import HTTPTransport
import LambdaRuntime
import TestSupport
import Testing

extension LambdaRuntimeTests {
    @Suite struct LoopTests {
        @Test func answersInvocationsUntilTheContainerFails() async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a", event: "1"), .init(id: "b", event: "2")])
            let end = try await api.run { event, context in event + [UInt8](context.requestId.utf8) }
            #expect(end == .refused(call: "next", status: 500, message: "{}"))
            #expect(api.posts.map(\.call) == ["invocation/a/response", "invocation/b/response"])
            #expect(api.posts.map(\.body) == ["1a", "2b"])
        }

        @Test func aFailedInvocationIsReportedAndTheNextOneTaken() async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "a"), .init(id: "b")])
            _ = try await api.run { event, context throws(InvocationError) in
                if context.requestId == "a" { throw InvocationError(type: "Runtime.Odd", message: "a \"line\"\n\u{1}") }
                return event
            }
            #expect(api.posts.map(\.call) == ["invocation/a/error", "invocation/b/response"])
            #expect(
                api.posts[0].body
                    == #"{"errorMessage":"a \"line\"\n\u0001","errorType":"Runtime.Odd","stackTrace":[]}"#)
            let headers = try #require(api.server.requests.first { $0.target.hasSuffix("error") }).headers
            #expect(headers["Lambda-Runtime-Function-Error-Type"] == "Runtime.Odd")
            #expect(headers["Content-Type"] == "application/vnd.aws.lambda.error+json")
        }

        @Test func theContextHasEverythingThatLambdaSays() async throws {
            let all: HTTPHeaders = [
                "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1",
                "Lambda-Runtime-Client-Context": "{\"client\":{}}", "Lambda-Runtime-Cognito-Identity": "{\"id\":1}",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:111122223333:function:f",
                "Lambda-Runtime-Aws-Tenant-Id": "blue",
            ]
            let api = try ScriptedRuntimeAPI([.init(id: "a", deadline: "4102444800123", all), .init(id: "b")])
            let contexts = Locked<[(LambdaContext, String?)]>([])
            _ = try await api.run { event, context in
                let trace = getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) }
                contexts.withLock { $0.append((context, trace)) }
                return event
            }
            let seen = contexts.withLock { $0 }
            #expect(seen.count == 2)
            var expected = LambdaContext(requestId: "a", deadline: 4_102_444_800_123)
            expected.traceId = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1"
            expected.clientContext = "{\"client\":{}}"
            expected.cognitoIdentity = "{\"id\":1}"
            expected.invokedFunctionARN = "arn:aws:lambda:eu-west-1:111122223333:function:f"
            expected.tenantId = "blue"
            #expect(seen.first?.0 == expected)
            #expect(seen.first?.1 == expected.traceId)
            #expect(seen.last?.0 == LambdaContext(requestId: "b", deadline: 4_102_444_800_000))
            #expect(seen.last?.1 == nil, "an invocation without a trace does not keep that of the last one")
        }

        @Test func timeLeftIsNeverNegativeAndNeverOverflows() {
            let context = LambdaContext(requestId: "a", deadline: 10_000)
            #expect(context.remaining(at: 7_500) == .milliseconds(2_500))
            #expect(context.remaining(at: 20_000) == .zero)
            #expect(LambdaContext(requestId: "a", deadline: .max).remaining(at: -1) == .zero)
        }

        @Test func theHandlerIsCancelledInTimeToAnswer() async throws {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let api = try ScriptedRuntimeAPI([.init(id: "a", deadline: "\((Int64(now.tv_sec) + 1) * 1000 + 500)")])
            _ = try await api.run { _, _ in
                do {
                    try await Task.sleep(for: .seconds(60))
                    return [UInt8]("slept".utf8)
                } catch {
                    return [UInt8]("cancelled".utf8)
                }
            }
            #expect(api.posts.map(\.body) == ["cancelled"])
        }

        @Test func anAnswerOfSixMebibytesIsPostedAndALargerOneReported() async throws {
            let api = try ScriptedRuntimeAPI([.init(id: "fits"), .init(id: "large"), .init(id: "next")])
            _ = try await api.run { _, context in
                switch context.requestId {
                case "fits": [UInt8](repeating: 0x20, count: 6 << 20)
                case "large": [UInt8](repeating: 0x20, count: 6 << 20 + 1)
                default: []
                }
            }
            #expect(
                api.posts.map(\.call) == [
                    "invocation/fits/response", "invocation/large/error", "invocation/next/response",
                ])
            #expect(api.posts[0].body.utf8.count == 6 << 20)
            #expect(api.posts[1].body.contains("Function.ResponseSizeTooLarge"))
        }

        @Test func anEventThatIsTooLargeIsReported() async throws {
            let event = String(repeating: " ", count: 6 << 20 + 1)
            let api = try ScriptedRuntimeAPI([.init(id: "large", event: event), .init(id: "next")])
            _ = try await api.run { event, _ in event }
            #expect(api.posts.map(\.call) == ["invocation/large/error", "invocation/next/response"])
            #expect(api.posts[0].body.contains("Runtime.UnreadableEvent"))
        }

        @Test func aCancelledLoopEndsWhileItWaits() async throws {
            let gate = Gate()
            let api = try ScriptedRuntimeAPI([], afterwards: [.wait(gate)])
            let end = try await withThrowingTaskGroup(of: LambdaRuntimeError?.self) { group in
                group.addTask { try await api.run { event, _ in event } }
                try await eventually("the loop has connected") { api.server.openConnections > 0 }
                group.cancelAll()
                return try await group.next() ?? nil
            }
            gate.open()
            #expect(end == nil)
        }
    }
}
