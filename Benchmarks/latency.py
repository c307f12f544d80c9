"""Scheduling: 1,000 parts at 64 in flight where every request takes 30 ms and an UploadPartCopy a second more."""

import json
import math
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import slow_store as slow
import store
from measure import Report, run

IN_FLIGHT = 64


def main() -> None:
    report = Report("latency", f"{slow.PARTS:,} parts, {IN_FLIGHT} in flight, 30 ms a request and 1 s a part more")
    ideal = math.ceil(slow.PARTS / IN_FLIGHT) * 1.03
    for name, refuse_every, limit in (("all parts answered", 0, 1.05), ("5 % of the parts answered 503", 20, 1.25)):
        with slow_store(refuse_every) as (endpoint, counts):
            cost = copy(endpoint)
        answered = counts()
        report.target(f"{name}: seconds, of the ideal {ideal:.2f}", cost.seconds / ideal, limit)
        report.target(f"{name}: UploadPartCopy", answered["UploadPartCopy"], slow.PARTS + answered.get("503", 0))
    report.write()


def copy(endpoint: str):
    with tempfile.TemporaryDirectory() as state:
        command = [
            store.S3HAUL, "copy", "s3://source/object", "s3://target/object", "--part-size", "8MiB",
            "--parallelism", str(IN_FLIGHT), "--state", state,
        ]  # fmt: skip
        return run("s3haul", command, {"AWS_ENDPOINT_URL_S3": endpoint})[0]


@contextmanager
def slow_store(refuse_every: int):
    command = [sys.executable, Path(__file__).with_name("slow_store.py"), str(refuse_every)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    counted = {}
    try:
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}", lambda: counted
    finally:
        server.terminate()
        counted.update(json.loads(server.stdout.read() or "{}"))
        server.wait()


if __name__ == "__main__":
    main()
