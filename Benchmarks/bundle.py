"""Bundles: 10,000 objects of 10 KiB into one tar in S3, beside boto3 programs and s5cmd with tar and a disk."""

import subprocess
import sys
import tarfile
import tempfile
from io import BytesIO
from pathlib import Path

import store
from measure import Report, alternately, run

COUNT = 10_000
HERE = Path(__file__).parent
FORMAT = ["--archive-format", "tar", "--quiet"]


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "bundle-source")
    store.fill_small(s3, "bundle-source", COUNT)
    with tempfile.TemporaryDirectory() as folder:
        measure(s3, Path(folder))
    for bucket in ("bundle-source", "bundle-target"):
        store.drop_bucket(s3, bucket)


def measure(s3, folder: Path) -> None:
    def ours(times: int = 1):
        store.make_bucket(s3, "bundle-target")
        manifest = folder / f"{times}.csv"
        prefixes = ["", *(f"{number}/" for number in range(1, times))]
        manifest.write_text(
            "".join(f"bundle-source,{prefix}small/{n:05d}\n" for prefix in prefixes for n in range(COUNT))
        )
        command = [store.S3HAUL, "bundle", "--manifest", manifest, "--to", "s3://bundle-target", *FORMAT]
        return check(s3, run("s3haul", command, store.S3HAUL_ENV)[0], COUNT * times)

    def boto3(threads: int):
        store.make_bucket(s3, "bundle-target")
        command = [sys.executable, HERE / "bundle_with_boto3.py", "bundle-source", "bundle-target", threads]
        name = f"boto3, {threads} threads" if threads else "boto3, one by one"
        return check(s3, run(name, command, store.S3HAUL_ENV)[0], COUNT)

    def s5cmd():
        store.make_bucket(s3, "bundle-target")
        disk = store.clear(folder / "disk")
        tool = " ".join(map(str, store.s5cmd()))
        steps = [
            f"{tool} cp 's3://bundle-source/*' {disk}/ >/dev/null",
            f"tar -cf {folder}/disk.tar -C {disk} .",
            f"{tool} cp {folder}/disk.tar s3://bundle-target/disk.tar >/dev/null",
        ]
        return check(s3, run("s5cmd + tar + s5cmd", ["bash", "-ec", "\n".join(steps)])[0], COUNT)

    report = Report("bundle", f"{COUNT:,} objects of 10 KiB into one tar in S3")
    costs = alternately(
        2,
        {
            "s3haul": ours,
            "s5cmd": s5cmd,
            "threads": lambda: boto3(32),
        },
    )
    costs["serial"] = boto3(0)
    for cost in costs.values():
        report.add(cost)
    mine = costs["s3haul"]
    report.target("seconds, of boto3's one by one", mine.seconds / costs["serial"].seconds, 1 / 10)
    report.target("seconds, of boto3's 32 threads", mine.seconds / costs["threads"].seconds, 1 / 8)
    report.target("seconds, of s5cmd's with tar", mine.seconds / costs["s5cmd"].seconds, 0.7)
    report.target("CPU, of s5cmd's with tar", mine.cpu_seconds / costs["s5cmd"].cpu_seconds, 0.25)
    report.target("peak memory", mine.peak_mib, 160, " MiB")
    for number in range(1, 10):
        source = f"{folder}/disk/"
        subprocess.run([*store.s5cmd(), "cp", source, f"s3://bundle-source/{number}/"], check=True, capture_output=True)
    report.target(f"peak memory with {10 * COUNT:,} objects, of that", ours(10).peak_mib / mine.peak_mib, 1.1)
    report.write()


def check(s3, cost, members: int):
    (key,) = [
        entry["Key"]
        for entry in s3.list_objects_v2(Bucket="bundle-target")["Contents"]
        if entry["Key"].endswith(".tar")
    ]
    size = s3.head_object(Bucket="bundle-target", Key=key)["ContentLength"]
    assert size > members * 10 << 10, f"{cost.tool}: the archive has {size} bytes"
    if members == COUNT:
        archive = s3.get_object(Bucket="bundle-target", Key=key)["Body"].read()
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            files = sum(member.isfile() for member in tar)
        assert files == members, f"{cost.tool}: the archive has {files} members"
    return cost


if __name__ == "__main__":
    main()
