"""Day archives: 365 days of 200 objects each into a zip a day, beside s3compressor's way."""

import datetime
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import store
from measure import Cost, Report, run

DAYS = 365
OBJECTS = 200
# Requests are counted by a proxy, which is slow; every day costs the same.
COUNTED_DAYS = 5
HERE = Path(__file__).parent


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "days-source")
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        measure(s3, Path(folder))
    for bucket in ("days-source", "days-target"):
        store.drop_bucket(s3, bucket)


def days() -> list[str]:
    first = datetime.date(2017, 1, 1)
    return [f"{first + datetime.timedelta(number):%Y/%m/%d}" for number in range(DAYS)]


def fill(folder: Path) -> None:
    root = store.clear(folder / "objects")
    for day in days():
        (root / "sources" / day).mkdir(parents=True)
        for number in range(OBJECTS):
            (root / "sources" / day / f"{number:03}.json").write_bytes(os.urandom(256).hex().encode())
    command = [*store.s5cmd(), "cp", f"{root}/*", "s3://days-source/"]
    subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, check=True)
    store.clear(root)


def manifests(folder: Path, count: int) -> Path:
    places = []
    for day in days()[:count]:
        place = folder / f"{day.replace('/', '')}.csv"
        place.write_text("".join(f"days-source,sources/{day}/{number:03}.json\n" for number in range(OBJECTS)))
        places.append(f"{place}\n")
    (folder / f"{count}.txt").write_text("".join(places))
    return folder / f"{count}.txt"


def measure(s3, folder: Path) -> None:
    def ours(count: int, env: dict) -> Cost:
        store.make_bucket(s3, "days-target")
        names = ["--archive-format", "zip", "--archive-name", "{bucket}/{day}", "--quiet"]
        command = [store.S3HAUL, "bundle", "--manifest-list", manifests(folder, count), "--to", "s3://days-target"]
        return check(s3, run("s3haul", [*command, *names], env)[0], count)

    def theirs(count: int, env: dict) -> Cost:
        store.make_bucket(s3, "days-target")
        command = [sys.executable, HERE / "days_with_boto3.py", "days-source", "days-target", "sources", count]
        return check(s3, run("as s3compressor", command, env)[0], count)

    report = Report("days", f"{DAYS} days of {OBJECTS} objects each, a zip a day")
    mine, peer = ours(DAYS, store.S3HAUL_ENV), theirs(DAYS, store.S3HAUL_ENV)
    report.add(mine)
    report.add(peer)
    report.target("seconds, of s3compressor's way", mine.seconds / peer.seconds, 0.25)
    report.target("CPU, of s3compressor's way", mine.cpu_seconds / peer.cpu_seconds, 0.25)
    counts = []
    for tool in (ours, theirs):
        store.forget_requests()
        tool(COUNTED_DAYS, store.PROXIED_ENV)
        counts.append(sum(store.requests().values()) / COUNTED_DAYS)
    report.target("requests a day", counts[0], OBJECTS + 8)
    report.target("requests a day, of s3compressor's way", counts[0] / counts[1], 1)
    report.write()


def check(s3, cost: Cost, count: int) -> Cost:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket="days-target")
    zips = [entry["Key"] for page in pages for entry in page["Contents"] if entry["Key"].endswith(".zip")]
    assert len(zips) == count, f"{cost.tool} made {len(zips)} archives"
    return cost


if __name__ == "__main__":
    main()
