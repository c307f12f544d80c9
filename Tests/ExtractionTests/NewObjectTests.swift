import Testing

@testable import Extraction

@Suite struct NewObjectTests {
    @Test(arguments: [(1, 16), (1_000, 16), (1_001, 32), (2_001, 64), (3_001, 128), (10_000, 128)])
    func partsGrowWithTheirNumbers(_ row: (number: Int, mebibytes: Int)) {
        #expect(NewObject.partSize(row.number) == row.mebibytes << 20)
    }

    @Test func tenThousandPartsHoldTheLargest() {
        #expect(NewObject.sizeLimit == 1_008_000 << 20)
    }
}
