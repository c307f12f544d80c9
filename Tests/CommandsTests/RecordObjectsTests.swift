import AWSCore
import HTTPTransport
import S3
import Testing

@testable import Commands

@Suite struct RecordObjectsTests {
    private func objects(age: Duration?) throws -> RecordObjects {
        let first = ObjectReference(bucket: "b", key: "records/run/job-1.jsonl")
        return RecordObjects(first: first, age: age, s3: try Session(connectionsPerHost: 1).s3)
    }

    @Test(arguments: [
        (1, "r.jsonl", "r.jsonl"), (2, "r.jsonl", "r-0002.jsonl"), (12_345, "r.jsonl", "r-12345.jsonl"),
        (1, "r", "r"), (2, "r", "r-0002"),
    ])
    func namesASeries(number: Int, first: String, expected: String) {
        let object = ObjectReference(bucket: "b", key: "p/" + first)
        #expect(RecordObjects.object(number, of: object).key == "p/" + expected)
    }

    @Test func fillsAnObject() throws {
        let objects = try objects(age: nil)
        let line = [UInt8](repeating: 10, count: RecordObjects.size / 4)
        #expect(objects.add(line) == nil)
        #expect(objects.add(line) == nil)
        #expect(objects.add(line) == nil)
        #expect(objects.add(line)?.bytes.count == RecordObjects.size)
        #expect(objects.rest() == nil)
        #expect(objects.add([1, 2]) == nil)
        let rest = objects.rest()
        #expect(rest?.bytes == [1, 2])
        #expect(rest?.object.key == "records/run/job-1-0002.jsonl")
    }

    @Test func keepsNothingBackForLong() throws {
        let objects = try objects(age: .zero)
        #expect(objects.add([1])?.bytes == [1])
        #expect(objects.add([2])?.object.key == "records/run/job-1-0002.jsonl")
    }

    @Test func aRunWithoutObjectsHasARecordToo() throws {
        #expect(try objects(age: nil).rest()?.bytes == [])
    }

    @Test(arguments: [
        (["AWS_BATCH_JOB_ID": "j:7", "AWS_BATCH_JOB_ATTEMPT": "2"], "j:7-2"), (["AWS_BATCH_JOB_ID": "j"], "j-1"),
    ])
    func noAttemptReplacesAnother(environment: [String: String], expected: String) {
        #expect(environment.recordsName == expected)
        #expect([String: String]().recordsName != [String: String]().recordsName)
    }
}
