import Manifests
import Testing

@testable import Grouping

@Suite struct SieveTests {
    struct Case: CustomTestStringConvertible {
        var testDescription: String
        var row: RowBytes
        var verdict: Sieve.Verdict
        var filter: ObjectFilter

        init(
            _ name: String, _ row: RowBytes, _ verdict: Sieve.Verdict, _ set: (inout ObjectFilter) -> Void = { _ in }
        ) {
            testDescription = name
            self.row = row
            self.verdict = verdict
            filter = ObjectFilter()
            set(&filter)
        }
    }

    private static func old(_ isLatest: Bool, isDeleteMarker: Bool = false) -> RowBytes {
        var old = row("k", versionId: "v")
        old.isLatest = isLatest
        old.isDeleteMarker = isDeleteMarker
        return old
    }

    /// The rows of tests were changed a second before the day after, at 2026-01-06T00:00:00Z.
    static let now: Int64 = 1_767_657_600 + 9 * 86_400

    static let cases = [
        Case("all by default", row("k"), .taken),
        Case("a prefix is of the decoded key", row("a b/c"), .taken) { $0.prefix = "a b/" },
        Case("another prefix", row("a"), .filtered) { $0.prefix = "a/" },
        Case("a pattern", row("x/a.dng"), .taken) { $0.patterns = ["**.mxf", "**.dng"] },
        Case("no pattern", row("x/a.txt"), .filtered) { $0.patterns = ["**.mxf", "**.dng"] },
        Case("GLACIER unless asked for", row("k", storageClass: "GLACIER"), .archived),
        Case("DEEP_ARCHIVE unless asked for", row("k", storageClass: "DEEP_ARCHIVE"), .archived),
        Case("GLACIER_IR is read at once", row("k", storageClass: "GLACIER_IR"), .taken),
        Case("GLACIER asked for", row("k", storageClass: "GLACIER"), .taken) { $0.storageClasses = ["GLACIER"] },
        Case("only GLACIER asked for", row("k"), .filtered) { $0.storageClasses = ["GLACIER"] },
        Case("no class is STANDARD", row("k", storageClass: ""), .taken) { $0.storageClasses = ["STANDARD"] },
        Case("size at its least", row("k", size: 5), .taken) { $0.minimumSize = 5 },
        Case("size below", row("k", size: 4), .filtered) { $0.minimumSize = 5 },
        Case("size at its most", row("k", size: 5), .taken) { $0.maximumSize = 5 },
        Case("size above", row("k", size: 6), .filtered) { $0.maximumSize = 5 },
        Case("old enough", row("k"), .taken) { $0.olderThan = 9 * 86_400 + 1 },
        Case("too young", row("k"), .filtered) { $0.olderThan = 9 * 86_400 + 2 },
        Case("young enough", row("k"), .taken) { $0.newerThan = 9 * 86_400 + 1 },
        Case("too old", row("k"), .filtered) { $0.newerThan = 9 * 86_400 },
        Case("an old version", old(false), .notCurrent),
        Case("an old version asked for", old(false), .taken) { $0.allVersions = true },
        Case("a delete marker without a size", old(true, isDeleteMarker: true), .deleteMarker) {
            $0.allVersions = true
            $0.minimumSize = 1
        },
    ]

    @Test(arguments: cases)
    func decides(_ wanted: Case) throws {
        #expect(try Sieve(wanted.filter, now: Self.now).verdict(wanted.row) == wanted.verdict)
    }

    @Test func oneRowLeavesNothingBehindForTheNext() throws {
        var filter = ObjectFilter()
        filter.prefix = "inc/"
        let sieve = Sieve(filter, now: Self.now)
        #expect(try sieve.verdict(row("other/x")) == .filtered)
        #expect(try sieve.verdict(row("inc/y", storageClass: "GLACIER")) == .archived)
    }

    @Test func whatTheManifestDoesNotSayIsNamed() {
        var filter = ObjectFilter()
        filter.minimumSize = 1
        #expect(throws: GroupingError.self) { try Sieve(filter, now: 0).verdict(row("k", size: nil)) }
        var ages = ObjectFilter()
        ages.newerThan = 1
        let error = #expect(throws: GroupingError.self) { try Sieve(ages, now: 0).verdict(row("k", modified: "")) }
        #expect(error?.description.contains("LastModifiedDate") == true)
    }
}
