import Console
import Testing

@Suite struct RenderingTests {
    @Test(
        arguments: [
            (0, "0 B"), (1_023, "1023 B"), (1_024, "1 KiB"), (1_536, "1.5 KiB"), (10_240, "10 KiB"),
            (1_073_741_824, "1 GiB"), (53_687_091_200_000, "49 TiB"), (.max, "8192 PiB"),
        ] as [(Int64, String)])
    func showsBytes(_ count: Int64, _ text: String) { #expect(Quantity.bytes(count) == text) }

    @Test(
        arguments: [
            (0, "0 s"), (0.44, "0.4 s"), (9.96, "10 s"), (59.7, "1 min 00 s"), (185, "3 min 05 s"),
            (7_800, "2 h 10 min"), (-1, "0 s"), (.infinity, "?"), (.nan, "?"),
        ] as [(Double, String)])
    func showsDurations(_ seconds: Double, _ text: String) { #expect(Quantity.duration(seconds) == text) }

    @Test(
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_000, "-1,000"),
            (.min, "-9,223,372,036,854,775,808"),
        ] as [(Int64, String)])
    func showsCounts(_ number: Int64, _ text: String) { #expect(Quantity.count(number) == text) }

    static var halfway: Progress {
        var progress = Progress(unit: "objects")
        progress.done = 1_500
        progress.total = 3_000
        progress.failed = 2
        progress.bytes = 3 << 20
        progress.seconds = 30
        return progress
    }

    @Test(arguments: [
        (
            120,
            " 50 % ####################....................  1,500/3,000 objects  3 MiB  102 KiB/s  2 failed  30 s left"
        ),
        (60, "1,500/3,000 objects  3 MiB  102 KiB/s  2 failed  30 s left"),
        (20, "1,500/3,000 objects"),
        (0, "1"),
    ])
    func drawsABarThatFits(_ width: Int, _ bar: String) { #expect(Self.halfway.bar(width: width) == bar) }

    @Test func drawsNoBarOfAnUnknownWhole() {
        var progress = Self.halfway
        progress.total = nil
        #expect(progress.bar(width: 120) == "1,500 objects  3 MiB  102 KiB/s  2 failed  30 s")
    }

    @Test func logsProgressAsJSON() {
        #expect(
            Self.halfway.logLine(time: "2026-01-01T00:00:00Z")
                == #"{"time":"2026-01-01T00:00:00Z","level":"info","message":"progress","unit":"objects","#
                + #""done":1500,"total":3000,"failed":2,"bytes":3145728,"seconds":30}"#)
    }

    @Test(arguments: [
        ("plain ü", "plain ü"), ("a\nb\tc", "a\\nb\\tc"), ("\u{1B}[31m", "\\u{1b}[31m"), ("\u{9B}", "\\u{9b}"),
    ])
    func keepsMessagesOnOneLine(_ text: String, _ shown: String) { #expect(text.onOneLine == shown) }
}
