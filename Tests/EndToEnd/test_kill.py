"""Workers that are killed, told to stop or reclaimed in mid-transfer, and what the next attempt makes of it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import time

import pytest
from conftest import PROGRAMS
from spot_double import InstanceMetadata
from waiting import wait_until

MIB = 1 << 20
PARTS = 12
PARALLELISM = 4
INSTANTS = 50
STEPS = ["--part-size", "5MiB", "--inline-limit", "5MiB", "--output", "json"]


@pytest.fixture(scope="module")
def source(s3):
    """An object that is copied in 12 parts; its bucket, and the SHA-256 of its bytes."""
    body = random.Random(3).randbytes(PARTS * 5 * MIB)
    bucket = "test-kill"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="source", Body=body)
    return bucket, hashlib.sha256(body).digest()


class Worker:
    """One transfer to a key of its own, in as many attempts as it takes."""

    def __init__(self, bucket: str, key: str, environment: dict[str, str] | None = None) -> None:
        self.bucket = bucket
        self.key = key
        self.environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
        self.environment.update(environment or {})

    def start(self, parallelism: int = PARALLELISM) -> subprocess.Popen[str]:
        flags = [*STEPS, "--parallelism", str(parallelism), "--state", f"s3://{self.bucket}/state/"]
        target = [f"s3://{self.bucket}/source", f"s3://{self.bucket}/{self.key}"]
        command = [str(PROGRAMS / "s3haul"), "copy", *flags, *target]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def finish(self) -> dict:
        """Runs to the end; returns the record."""
        process = self.start()
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, output + errors
        return json.loads(output)


def done(faults, operation: str, key: str) -> int:
    """How many requests of an operation the server has carried out for a key."""
    requests = faults.requests(f"^{key}$")["requests"]
    return sum(entry["operation"] == operation and entry["status"] == 200 for entry in requests)


def copied(faults, key: str) -> int:
    """How many parts the server has copied for a key."""
    return done(faults, "UploadPartCopy", key)


def check(s3, faults, bucket: str, digest: bytes, key: str) -> None:
    """One correct destination, no multipart upload left, and at most the parts in flight copied again."""
    assert done(faults, "CompleteMultipartUpload", key) == 1
    assert hashlib.sha256(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).digest() == digest
    uploads = s3.list_multipart_uploads(Bucket=bucket, Prefix=key).get("Uploads", [])
    assert [upload["UploadId"] for upload in uploads if upload["Key"] == key] == []
    assert faults.count("UploadPartCopy", f"^{key}$") <= PARTS + PARALLELISM


def kill_after(process: subprocess.Popen[str], faults, key: str, requests: int, delay: float) -> bool:
    """Kills a worker so long after it has sent so many requests; says whether it was still there to be killed."""
    wait_until(lambda: process.poll() is not None or len(faults.requests(f"^{key}$")["requests"]) >= requests)
    try:
        process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_killed_at_any_instant(s3, faults, source):
    bucket, digest = source
    faults.add({"delay": 0.005}, {"delay": 0.05, "operation": "UploadPartCopy"})
    Worker(bucket, "undisturbed").finish()
    check(s3, faults, bucket, digest, "undisturbed")
    total = len(faults.requests("^undisturbed$")["requests"])
    generator = random.Random(7)
    killed = 0
    for number in range(INSTANTS):
        key = f"killed-{number:02}"
        worker = Worker(bucket, key)
        # By requests, not by the clock, so that the instants are spread alike on a slow and on a fast machine.
        killed += kill_after(worker.start(), faults, key, total * number // INSTANTS, generator.uniform(0, 0.03))
        wait_until(lambda key=key: all(entry["ended"] for entry in faults.requests(f"^{key}$")["requests"]))
        worker.finish()
        check(s3, faults, bucket, digest, key)
        s3.delete_object(Bucket=bucket, Key=key)
    assert killed >= INSTANTS * 0.8


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop(s3, faults, source, number):
    bucket, digest = source
    key = f"stopped-{number.name}"
    faults.add({"delay": 0.3, "operation": "UploadPartCopy"})
    worker = Worker(bucket, key)
    process = worker.start()
    wait_until(lambda: copied(faults, key) >= PARALLELISM)
    process.send_signal(number)
    told = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - told < 5
    assert process.returncode == 75, errors
    record = worker.finish()
    assert record["parts_resumed"] >= PARALLELISM
    check(s3, faults, bucket, digest, key)


def test_reclaimed_by_spot(s3, faults, source):
    bucket, digest = source
    key = "reclaimed"
    faults.add({"delay": 2, "operation": "UploadPartCopy"})
    with InstanceMetadata() as instance:
        settings = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url, "AWS_EC2_METADATA_DISABLED": "false"}
        job = {"AWS_BATCH_JOB_ID": "job", "AWS_BATCH_JOB_ATTEMPT": "1"}
        process = Worker(bucket, key, settings | job).start(parallelism=1)
        wait_until(lambda: copied(faults, key) >= 1)
        instance.notice.set()
        _, errors = process.communicate(timeout=15)
        assert process.returncode == 75, errors
        assert "spot" in errors
        faults.clear()
        instance.notice.clear()
        successor = Worker(bucket, key, settings | job | {"AWS_BATCH_JOB_ATTEMPT": "2"})
        assert successor.finish()["parts_resumed"] >= 1
    check(s3, faults, bucket, digest, key)
