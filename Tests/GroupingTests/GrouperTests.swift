import Manifests
import Testing

@testable import Grouping

@Suite struct GrouperTests {
    /// The groups that rows make, each as its name and its keys, in the order in which they are closed.
    private func groups(
        _ rows: [RowBytes], _ rule: GroupingRule = .none, _ limits: GroupLimits = GroupLimits()
    ) throws -> [(name: String, keys: [String], size: Int64)] {
        var grouper = Grouper(rule, limits: limits)
        var keys: [Int: [String]] = [:]
        var groups: [(name: String, keys: [String], size: Int64)] = []
        func take(_ grouper: inout Grouper) {
            for group in grouper.takeClosed() {
                groups.append((group.name, keys[group.slot] ?? [], group.size))
                #expect(group.count == keys[group.slot]?.count)
                keys[group.slot] = nil
                grouper.release(group.slot)
            }
        }
        for row in rows {
            let slot = try grouper.add(row, length: 100)
            keys[slot, default: []].append(String(decoding: row.key, as: UTF8.self))
            take(&grouper)
        }
        grouper.finish()
        take(&grouper)
        #expect(keys.isEmpty)
        return groups
    }

    @Test func nothingMakesNoGroup() throws {
        #expect(try groups([]).isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4, 6, 7, 100])
    func neverMoreThanCounted(_ count: Int) throws {
        let groups = try groups((0..<12).map { row("k\($0)") }, .none, GroupLimits(count: count))
        #expect(groups.map(\.keys.count).reduce(0, +) == 12)
        #expect(groups.allSatisfy { $0.keys.count <= count && !$0.keys.isEmpty })
        #expect(groups.count == (12 + count - 1) / count, "exactly on the threshold no empty group follows")
        #expect(groups.flatMap(\.keys) == (0..<12).map { "k\($0)" })
    }

    struct Sizes: CustomTestStringConvertible {
        var testDescription: String
        var sizes: [Int64?]
        var groups: [[Int64]]
        init(_ name: String, _ sizes: [Int64?], _ groups: [[Int64]]) {
            testDescription = name
            self.sizes = sizes
            self.groups = groups
        }
    }

    @Test(arguments: [
        Sizes("below", [1, 2, 3], [[1, 2, 3]]),
        Sizes("exactly on it", [4, 6, 1], [[4, 6], [1]]),
        Sizes("one byte over", [4, 7, 1], [[4], [7, 1]]),
        Sizes("one alone over it", [11, 1], [[11], [1]]),
        Sizes("one alone over it behind another", [1, 11, 1], [[1], [11], [1]]),
        Sizes("empty ones", [0, 0, 10, 0], [[0, 0, 10], [0]]),
        Sizes("the largest there can be", [.max, .max, 1], [[.max], [.max], [1]]),
        Sizes("no size counts as none", [nil, 10], [[0, 10]]),
    ])
    func neverLargerThanAsked(_ wanted: Sizes) throws {
        let rows = wanted.sizes.enumerated().map { row("k\($0.offset)", size: $0.element) }
        let groups = try groups(rows, .none, GroupLimits(size: 10))
        #expect(groups.map(\.size) == wanted.groups.map { $0.reduce(0, +) })
        #expect(groups.map(\.keys.count) == wanted.groups.map(\.count))
    }

    @Test func bucketsAreKeptApart() throws {
        let groups = try groups([row("k", bucket: "one"), row("k", bucket: "two"), row("l", bucket: "one")])
        #expect(groups.map(\.keys) == [["k", "l"], ["k"]])
        #expect(groups.map(\.name) == ["one_000001.jsonl", "two_000002.jsonl"])
    }

    @Test func aBucketAndALabelDoNotRunTogether() throws {
        let groups = try groups([row("c/x", bucket: "ab"), row("bc/x", bucket: "a")], .prefix(depth: 1))
        #expect(groups.count == 2)
    }

    @Test func byPrefix() throws {
        let keys = ["top", "a/1", "a/b/2", "a/b/c/3", "a/d/4", "e/5", "a/6", "/7", "//8"]
        let groups = try groups(keys.map { row($0) }, .prefix(depth: 2))
        #expect(
            groups.map(\.keys) == [
                ["top"], ["/7"], ["//8"], ["a/1", "a/6"], ["a/b/2", "a/b/c/3"], ["a/d/4"], ["e/5"],
            ])
        #expect(groups[4].name == "b_a-b_000005.jsonl")
    }

    @Test func byDayOfTheKey() throws {
        let keys = [
            "sources/2017/02/10/0/6/x.xml", "sources/2017/02/10-old/x", "sources/2017/02/100/x", "2017/02/30/x",
            "short", "s/2017/2/10/x", "2017/02/10", "12017/02/10/x", "sources/2017/02/10/",
        ]
        let groups = try groups(keys.map { row($0) }, .keyDay)
        #expect(groups.map(\.name) == ["b_2017-02-10_000001.jsonl", "b_undated_000002.jsonl"])
        #expect(groups[0].keys == [keys[0], keys[6], keys[8]])
    }

    @Test func byDayOfTheLastChangeInUTC() throws {
        let times = ["2026-01-05T23:59:59.000Z", "2026-01-06T00:00:00Z", "2026-01-06T00:30:00+01:00"]
        let groups = try groups(times.map { row($0, modified: $0) }, .modifiedDay)
        #expect(groups.map(\.keys) == [[times[0], times[2]], [times[1]]])
    }

    @Test(arguments: ["", "yesterday"])
    func aRowWithoutADayIsNamed(_ time: String) {
        let error = #expect(throws: GroupingError.self) { try groups([row("k", modified: time)], .modifiedDay) }
        #expect(error?.description.contains("s3://b/k") == true)
    }

    @Test func onlySoManyGroupsAreOpen() throws {
        let keys = ["a/1", "b/1", "a/2", "c/1", "b/2", "a/3"]
        let groups = try groups(keys.map { row($0) }, .prefix(depth: 1), GroupLimits(openGroups: 2))
        #expect(groups.map(\.keys) == [["b/1"], ["a/1", "a/2"], ["c/1"], ["a/3"], ["b/2"]])
        #expect(Set(groups.map(\.name)).count == groups.count)
    }

    @Test func onlySoManyBytesAreOpen() throws {
        let keys = ["a/1", "b/1", "a/2", "c/1"]
        let groups = try groups(keys.map { row($0) }, .prefix(depth: 1), GroupLimits(openBytes: 250))
        #expect(groups.map(\.keys) == [["a/1", "a/2"], ["b/1"], ["c/1"]])
    }

    @Test func theSameRowsMakeTheSameGroups() throws {
        let rows = (0..<500).map { row("\($0 % 7)/\($0 % 31)/\($0)", size: Int64($0 % 13)) }
        let limits = GroupLimits(size: 50, count: 9, openGroups: 5, openBytes: 2_000)
        let once = try groups(rows, .prefix(depth: 2), limits)
        let again = try groups(rows, .prefix(depth: 2), limits)
        #expect(once.map(\.name) == again.map(\.name))
        #expect(once.map(\.keys) == again.map(\.keys))
        #expect(Set(once.flatMap(\.keys)).count == 500)
    }

    @Test(arguments: [
        ("../../etc", "..-..-etc_000001.jsonl"), ("a/b", "a-b_000001.jsonl"), ("", "000001.jsonl"),
        ("日", "000001.jsonl"),
        (String(repeating: "x", count: 2_000), String(repeating: "x", count: 100) + "_000001.jsonl"),
    ])
    func aNameIsOneNameOfAPath(_ bucket: String, _ name: String) throws {
        #expect(try groups([row("k", bucket: bucket)]).map(\.name) == [name])
    }
}
