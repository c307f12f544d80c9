import FoundationEssentials
import TestSupport
import Testing
import Transfer

@Suite struct TransferPlanTests {
    static let mebibyte: Int64 = 1 << 20
    static let gibibyte: Int64 = 1 << 30

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var size: Int64
        var wishes = TransferPlan.Wishes()
        /// How many parts there are; 0 for CopyObject, `nil` for no plan.
        var parts: Int?
    }

    static let cases = [
        Case(testDescription: "empty", size: 0, parts: 0),
        Case(testDescription: "one byte", size: 1, parts: 0),
        Case(testDescription: "at the inline limit", size: 256 * mebibyte, parts: 0),
        Case(testDescription: "over the inline limit", size: 256 * mebibyte + 1, parts: 5),
        Case(testDescription: "no inline limit, 5 MiB", size: 5 * mebibyte, wishes: .init(wholeLimit: 0), parts: 0),
        Case(
            testDescription: "no inline limit, over 5 MiB", size: 5 * mebibyte + 1, wishes: .init(wholeLimit: 0),
            parts: 1),
        Case(
            testDescription: "CopyObject's limit", size: 5_000_000_000, wishes: .init(wholeLimit: .max), parts: 0),
        Case(
            testDescription: "over CopyObject's limit", size: 5_000_000_001, wishes: .init(wholeLimit: .max),
            parts: 64),
        Case(
            testDescription: "one part at its limit", size: 5 * gibibyte, wishes: .init(partSize: 5 * gibibyte),
            parts: 1),
        Case(
            testDescription: "a byte more than one part", size: 5 * gibibyte + 1,
            wishes: .init(partSize: 5 * gibibyte), parts: 2),
        Case(
            testDescription: "10,000 parts of 5 MiB", size: 50_000 * mebibyte, wishes: .init(partSize: 5 * mebibyte),
            parts: 10_000),
        Case(
            testDescription: "a byte more than 10,000 parts of 5 MiB", size: 50_000 * mebibyte + 1,
            wishes: .init(partSize: 5 * mebibyte), parts: 8334),
        Case(testDescription: "the largest object", size: 50_000 * gibibyte, parts: 10_000),
        Case(
            testDescription: "the largest object in wanted parts", size: 50_000 * gibibyte,
            wishes: .init(partSize: 5 * mebibyte), parts: 10_000),
        Case(testDescription: "too large", size: 50_000 * gibibyte + 1, parts: nil),
        Case(testDescription: "larger than can be", size: .max, parts: nil),
        Case(testDescription: "negative", size: -1, parts: nil),
        Case(testDescription: "2 GiB", size: 2 * gibibyte, parts: 32),
        Case(testDescription: "100 GiB, in whole waves", size: 100 * gibibyte, parts: 128),
        Case(testDescription: "no parallelism", size: gibibyte, wishes: .init(parallelism: 0), parts: 1),
        Case(testDescription: "any parallelism", size: gibibyte, wishes: .init(parallelism: .max), parts: 16),
        Case(testDescription: "part size under S3's", size: gibibyte, wishes: .init(partSize: 1), parts: 205),
        Case(testDescription: "part size over S3's", size: gibibyte, wishes: .init(partSize: .max), parts: 1),
    ]

    @Test(arguments: cases) func plansByTheLimits(_ row: Case) {
        let plan = TransferPlan.make(size: row.size, wishes: row.wishes)
        switch plan {
        case nil: #expect(row.parts == nil)
        case .whole: #expect(row.parts == 0)
        case .parts(let layout):
            #expect(layout.count == row.parts)
            expectWithinLimits(layout, size: row.size)
        }
    }

    @Test func everyPlanCoversItsObject() {
        var random = SeededGenerator(seed: 0x5EED)
        for _ in 0..<2_000 {
            let magnitude = Int64.random(in: 20...45, using: &random)
            let size = Int64.random(in: 0...(1 << magnitude), using: &random)
            let wishes = TransferPlan.Wishes(
                wholeLimit: .random(in: 0...TransferLimits.largestCopyObject, using: &random),
                partSize: Bool.random(using: &random) ? nil : .random(in: 0...(8 * Self.gibibyte), using: &random),
                parallelism: Bool.random(using: &random) ? nil : .random(in: -1...2_000, using: &random))
            let plan = TransferPlan.make(size: size, wishes: wishes)
            #expect(plan != nil)
            if case .parts(let layout) = plan { expectWithinLimits(layout, size: size) }
        }
    }

    @Test func everyPlanKeepsTheSourcesParts() {
        var random = SeededGenerator(seed: 0xB0DE)
        for _ in 0..<500 {
            let inner = (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Int64.random(in: TransferLimits.smallestPart...(300 * Self.mebibyte), using: &random)
            }
            let sizes = inner + [.random(in: 1...(300 * Self.mebibyte), using: &random)]
            let size = sizes.reduce(0, +)
            guard
                case .parts(let layout) = TransferPlan.make(
                    size: size, sourceParts: sizes, wishes: .init(wholeLimit: 0))
            else {
                Issue.record("no parts for \(size)")
                continue
            }
            #expect((1...layout.count).map(layout.size(ofPart:)) == sizes)
            expectWithinLimits(layout, size: size)
        }
    }

    struct Sizes: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var sizes: [Int64]
        var size: Int64
        var isKept: Bool
    }

    static let sourceParts = [
        Sizes(testDescription: "equal", sizes: [8, 8, 3].map { $0 * mebibyte }, size: 19 * mebibyte, isKept: true),
        Sizes(testDescription: "unequal", sizes: [8, 5, 9].map { $0 * mebibyte }, size: 22 * mebibyte, isKept: true),
        Sizes(testDescription: "one", sizes: [22 * mebibyte], size: 22 * mebibyte, isKept: true),
        Sizes(testDescription: "none", sizes: [], size: 22 * mebibyte, isKept: false),
        Sizes(
            testDescription: "another sum", sizes: [8, 8, 3].map { $0 * mebibyte }, size: 20 * mebibyte, isKept: false),
        Sizes(
            testDescription: "an inner one too small", sizes: [8, 4, 8].map { $0 * mebibyte }, size: 20 * mebibyte,
            isKept: false),
        Sizes(
            testDescription: "one too large", sizes: [5 * gibibyte + 1, 1], size: 5 * gibibyte + 2, isKept: false),
        Sizes(testDescription: "an empty last one", sizes: [8 * mebibyte, 0], size: 8 * mebibyte, isKept: false),
        Sizes(
            testDescription: "too many", sizes: Array(repeating: 5 * mebibyte, count: 10_001),
            size: 50_005 * mebibyte, isKept: false),
        Sizes(
            testDescription: "sizes that overflow", sizes: [.max, .max], size: 20 * mebibyte, isKept: false),
    ]

    @Test(arguments: sourceParts) func keepsOnlyPartsThatS3Takes(_ row: Sizes) {
        #expect((PartLayout(sizes: row.sizes, of: row.size) != nil) == row.isKept)
        guard
            case .parts(let layout) = TransferPlan.make(
                size: row.size, sourceParts: row.sizes, wishes: .init(wholeLimit: 0))
        else {
            Issue.record("not in parts")
            return
        }
        expectWithinLimits(layout, size: row.size)
    }

    @Test func hasNoOtherParts() throws {
        let layout = try #require(PartLayout(size: 20 * Self.mebibyte, partSize: 8 * Self.mebibyte))
        #expect(layout.range(ofPart: 0) == nil)
        #expect(layout.range(ofPart: 4) == nil)
        #expect(layout.range(ofPart: .min) == nil)
        #expect(layout.size(ofPart: 4) == 0)
    }

    @Test(arguments: [[8, 8, 3], [8, 5, 9]] as [[Int64]]) func survivesJSON(_ mebibytes: [Int64]) throws {
        let sizes = mebibytes.map { $0 * Self.mebibyte }
        let layout = try #require(PartLayout(sizes: sizes, of: sizes.reduce(0, +)))
        let decoded = try JSONDecoder().decode(PartLayout.self, from: JSONEncoder().encode(layout))
        #expect(decoded == layout)
    }

    @Test(arguments: [#"{"size":1}"#, #"{"size":9999999999,"part_size":1}"#, #"{"size":5,"part_sizes":[3]}"#])
    func refusesJSONOutsideTheLimits(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(PartLayout.self, from: Data(text.utf8))
        }
    }

    private func expectWithinLimits(_ layout: PartLayout, size: Int64) {
        #expect(layout.size == size)
        #expect((1...TransferLimits.mostParts).contains(layout.count))
        var next: Int64 = 0
        for number in 1...layout.count {
            guard let range = layout.range(ofPart: number) else {
                Issue.record("no range of part \(number)")
                return
            }
            let length = range.upperBound - range.lowerBound + 1
            if range.lowerBound != next || length > TransferLimits.largestPart
                || (number < layout.count && length < TransferLimits.smallestPart)
            {
                Issue.record("part \(number) is \(range)")
            }
            next = range.upperBound + 1
        }
        #expect(next == size)
    }
}
