"""The request engine: 10,000 signed GETs of 10 KiB to disk, 64 in flight."""

import tempfile
from pathlib import Path

import store
from measure import ROOT, Report, alternately, run

COUNT = 10_000


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "engine")
    store.fill_small(s3, "engine", COUNT)
    report = Report("engine", f"{COUNT:,} signed GETs of 10 KiB to disk, 64 in flight")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "objects"

        def ours():
            store.clear(target)
            command = [ROOT / ".build/release/engine-benchmark", "engine", "small/", target]
            return check(target, run("s3haul", command, store.S3HAUL_ENV)[0])

        def s5cmd():
            store.clear(target)
            command = [*store.s5cmd(), "cp", "--concurrency", "1", "s3://engine/small/*", f"{target}/"]
            return check(target, run("s5cmd", command)[0])

        costs = alternately(3, {"s3haul": ours, "s5cmd": s5cmd})
    for cost in costs.values():
        report.add(cost)
    mine, peer = costs["s3haul"], costs["s5cmd"]
    report.target("CPU, of s5cmd's", mine.cpu_seconds / peer.cpu_seconds, 0.25)
    report.target("seconds, of s5cmd's", mine.seconds / peer.seconds, 0.7)
    report.target("CPU per object", mine.cpu_seconds / COUNT * 1e6, 0.25 * peer.cpu_seconds / COUNT * 1e6, " µs")
    report.write()
    store.drop_bucket(s3, "engine")


def check(folder: Path, cost):
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert len(files) == COUNT and all(file.stat().st_size == 10 << 10 for file in files), f"{cost.tool}: {len(files)}"
    return cost


if __name__ == "__main__":
    main()
