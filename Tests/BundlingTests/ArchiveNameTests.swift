import Bundling
import HTTPTransport
import Jobs
import Manifests
import S3
import Testing

@Suite struct ArchiveNameTests {
    @Test(arguments: [
        ("as S3Bundler has it", "{hash}/{bucket}/{name}", "src-m.1", "k", "x/af6b97/src/src-m.1.tar.gz"),
        ("without the hash", "{bucket}/{name}", "m", "k", "x/src/m.tar.gz"),
        ("the day of the key", "{bucket}/{day}", "m", "sources/2017/02/10/0/6/f.xml", "x/src/20170210.tar.gz"),
        ("no day by half", "{day}", "m", "2017/02/10-foo/2018/03/04/k", "x/20180304.tar.gz"),
        ("the day of the change", "{day}", "m", "2017/13/10/k", "x/20260102.tar.gz"),
        ("no day of any calendar", "{day}", "m", "2026/02/30/k", "x/20260102.tar.gz"),
        ("the folder", "{prefix}/{name}", "m", "a/b/c", "x/a/b/m.tar.gz"),
        ("no folder", "{prefix}/{name}", "m", "c", "x/m.tar.gz"),
        ("the run and a number", "{run}/{name}-{sequence}", "m", "k", "x/run/m-1.tar.gz"),
        ("braces in a value", "{name}", "{day}", "k", "x/{day}.tar.gz"),
    ])
    func templates(
        _ row: (label: String, template: String, name: String, key: String, archive: String)
    ) async throws {
        var bench = Bench()
        bench.settings.bundle.archiveName = row.template
        bench.name = row.name
        bench.store.put(row.key, [1], bucket: "src")
        bench.rows = [ManifestRow(bucket: "src", key: row.key)]
        bench.rows[0].lastModified = "2026-01-02T03:04:05.000Z"
        #expect(await bench.bundle().archive?.key == row.archive, "\(row.label)")
    }

    @Test(arguments: [
        ("with an offset, in UTC", "2026-03-01T00:30:00+01:00", "20260228"),
        ("not said: the manifest's", nil, "20261106"),
        ("not understood: the manifest's", "yesterday", "20261106"),
    ])
    func theDayOfTheLastChange(_ row: (label: String, lastModified: String?, day: String)) async {
        var bench = Bench()
        bench.settings.bundle.archiveName = "{day}"
        bench.fill(["k"])
        bench.rows[0].lastModified = row.lastModified
        #expect(await bench.bundle().archive?.key == "x/\(row.day).tar.gz", "\(row.label)")
    }

    @Test func whatHasNoDayBelongsTogetherWheneverItComes() {
        var row = ManifestRow(bucket: "b", key: "k")
        #expect(BundlePart.of(row, template: "{day}") == "")
        row.lastModified = "2026-01-02T03:04:05Z"
        #expect(BundlePart.of(row, template: "{day}") == "20260102")
    }

    @Test func aNameThatS3DoesNotTakeIsToldBeforeAnythingIsRead() async {
        var bench = Bench()
        bench.fill(["a"])
        bench.name = String(repeating: "n", count: 1_100)
        let outcome = await bench.bundle()
        #expect(outcome.status == .failed)
        #expect(outcome.failure?.advice?.contains("--archive-name") == true)
        #expect(bench.store.state.withLock { $0.log.isEmpty })
    }
}
