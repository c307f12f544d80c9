import Glibc
import HTTPTransport
import Jobs
import S3
import TestSupport
import Testing

@testable import Transfer

@Suite struct WorkerIdentityTests {
    @Test func knowsItself() {
        let me = WorkerIdentity.current(environment: ["AWS_BATCH_JOB_ID": "j", "AWS_BATCH_JOB_ATTEMPT": "3"])
        #expect(me.batchJob == "j" && me.batchAttempt == 3 && me.process == getpid())
        #expect(me.isRunningHere && !me.host.isEmpty)
    }

    @Test func knowsAProcessFromAnotherOfItsNumber() {
        var other = WorkerIdentity.current(environment: [:])
        other.processStart = 1
        #expect(!other.isRunningHere)
        other.processStart = nil
        #expect(other.isRunningHere)
        other.process = -1
        #expect(!other.isRunningHere)
    }
}
