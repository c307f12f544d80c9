"""One large object, bucket to bucket, on the server's side."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import store
from measure import Report, alternately, run

PARTS, PART_SIZE = 32, 64 << 20


def main() -> None:
    s3 = store.client()
    store.make_bucket(s3, "large-source")
    store.put_large(s3, "large-source", "object", PARTS, PART_SIZE)
    source = s3.head_object(Bucket="large-source", Key="object")
    report = Report("large", f"one object of {PARTS * PART_SIZE >> 30} GiB in {PARTS} parts, bucket to bucket")
    requests: list[int] = []

    with tempfile.TemporaryDirectory() as folder:
        tools = {
            name: lambda name=name, command=command, env=env: once(s3, source, name, command, env, requests)
            for name, (command, env) in commands(Path(folder)).items()
        }
        costs = alternately(2, tools)
    for cost in costs.values():
        report.add(cost)
    mine = costs["s3haul"]
    fastest = min((cost for cost in costs.values() if cost is not mine), key=lambda cost: cost.seconds)
    report.target(f"seconds, of the fastest peer's ({fastest.tool})", mine.seconds / fastest.seconds, 1.0)
    report.target("CPU, of rclone's", mine.cpu_seconds / costs["rclone"].cpu_seconds, 1.0)
    report.target("peak memory", mine.peak_mib, 48, " MiB")
    report.target("requests: parts + 5, and a HEAD a source part", min(requests), PARTS + 5 + PARTS)
    report.write()
    for bucket in ("large-source", "large-target"):
        store.drop_bucket(s3, bucket)


def once(s3, source, name: str, command: list, env: dict, requests: list[int]):
    store.make_bucket(s3, "large-target")
    cost, output = run(name, command, env)
    copied = s3.head_object(Bucket="large-target", Key="object")
    assert copied["ContentLength"] == source["ContentLength"], name
    if name == "s3haul":
        requests.append(json.loads(output.splitlines()[-1])["requests"])
    return cost


def commands(folder: Path) -> dict:
    """Each tool with the settings that its users would give it for this."""
    uri = ("s3://large-source/object", "s3://large-target/object")
    aws = [store.VENV / "aws", "--endpoint-url", store.ENDPOINT, "s3", "cp", "--quiet", *uri]
    aws_crt = ["/usr/bin/aws", *aws[1:]]
    return {
        "s3haul": ([store.S3HAUL, "copy", *uri, "--output", "json"], store.S3HAUL_ENV),
        "aws s3 cp (classic)": (aws, aws_config(folder, "classic")),
        "aws s3 cp (crt)": (aws_crt, aws_config(folder, "crt")),
        "rclone": (
            [*store.rclone(), "copyto", "s:large-source/object", "s:large-target/object", "--s3-copy-cutoff", "64M",
             "--s3-chunk-size", "64M", "--s3-upload-concurrency", "8"],
            store.RCLONE_ENV,
        ),
        "boto3": ([sys.executable, Path(__file__).with_name("copy_with_boto3.py"), store.ENDPOINT], {}),
    }  # fmt: skip


def aws_config(folder: Path, transfer_client: str) -> dict:
    config = folder / f"config-{transfer_client}"
    config.write_text(
        "[default]\ns3 =\n"
        f"  preferred_transfer_client = {transfer_client}\n"
        "  multipart_chunksize = 64MB\n  max_concurrent_requests = 8\n"
    )
    return {"AWS_CONFIG_FILE": str(config), "AWS_PAGER": ""}


if __name__ == "__main__":
    if subprocess.run(["/usr/bin/aws", "--version"], capture_output=True).returncode != 0:
        sys.exit("no AWS CLI of Debian's, which has the CRT transfer client: run scripts/setup bench")
    main()
