"""Transfers in parts against a real server that fails on purpose: killed, cut off, lied to, and gone on with."""

from __future__ import annotations

import json
import os
import random
import subprocess
import uuid

import pytest
from conftest import PROGRAMS
from waiting import wait_until

MEBIBYTE = 1 << 20
SIZES = [5, 9, 7, 5, 6, 5, 8, 5, 5, 2]
PARALLELISM = 3

FAULTS = [
    "lost-reply",
    "cut-before",
    "cut-during-reply",
    "error-in-200-after-work",
    "error-in-200",
    "internal-error",
    "slow-down-burst",
    "truncated-body",
]
OPERATIONS = ["CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload"]


@pytest.fixture(scope="module")
def content() -> bytes:
    return random.Random(20).randbytes(sum(SIZES) * MEBIBYTE)


@pytest.fixture(scope="module")
def source(s3, content) -> str:
    """The bucket with an object of ten unequal parts."""
    bucket = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=bucket)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="large", Metadata={"origin": "camera 3"})["UploadId"]
    parts, offset = [], 0
    for number, size in enumerate(SIZES, 1):
        body = content[offset : offset + size * MEBIBYTE]
        part = s3.upload_part(Bucket=bucket, Key="large", UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
        offset += len(body)
    s3.complete_multipart_upload(Bucket=bucket, Key="large", UploadId=upload, MultipartUpload={"Parts": parts})
    return bucket


class Transfer:
    """`s3haul copy` of the large object, attempt by attempt, as AWS Batch starts it, through the fault proxy."""

    def __init__(self, source: str, bucket: str, state: str, key: str) -> None:
        self.command = [
            str(PROGRAMS / "s3haul"), "copy", f"s3://{source}/large", f"s3://{bucket}/{key}", "--state", state,
            "--inline-limit", "10MiB", "--parallelism", str(PARALLELISM), "--output", "json",
        ]  # fmt: skip
        self.environment = {
            **os.environ,
            "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"],
            "AWS_BATCH_JOB_ID": uuid.uuid4().hex,
        }
        self.attempt = 0

    def run(self, kill_after: float | None = None) -> dict | None:
        """Runs an attempt; its record, or nothing when it was killed."""
        self.attempt += 1
        environment = {**self.environment, "AWS_BATCH_JOB_ATTEMPT": str(self.attempt)}
        process = subprocess.Popen(
            self.command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            output, messages = process.communicate(timeout=kill_after or 120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
        assert process.returncode in (0, 75), messages
        return json.loads(output.splitlines()[0])


def assert_copied(s3, bucket: str, key: str, content: bytes) -> None:
    found = s3.get_object(Bucket=bucket, Key=key)
    assert found["Body"].read() == content
    assert found["Metadata"] == {"origin": "camera 3"}
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_ends_in_one_copy_whatever_fails(s3, faults, source, bucket, content, tmp_path, fault, operation):
    faults.add_named(fault, operation=operation)
    transfer = Transfer(source, bucket, str(tmp_path), "copy")
    record = transfer.run()
    if record["outcome"] == "interrupted":
        record = transfer.run()
    assert record["outcome"] in ("copied", "unchanged"), record
    assert_copied(s3, bucket, "copy", content)


def test_has_the_requests_that_it_may(s3, faults, source, bucket, content, tmp_path):
    record = Transfer(source, bucket, str(tmp_path), "copy").run()
    assert record["outcome"] == "copied"
    assert record["proof"] == "etag"
    assert faults.requests()["counts"]["UploadPartCopy"] == len(SIZES)
    assert sum(faults.requests()["counts"].values()) <= 2 * len(SIZES) + 5
    assert_copied(s3, bucket, "copy", content)


def test_goes_on_on_another_host(s3, faults, source, bucket, content):
    faults.add({"operation": "UploadPartCopy", "delay": 0.5})
    transfer = Transfer(source, bucket, f"s3://{source}/checkpoints/", "copy")
    assert transfer.run(kill_after=1.5) is None
    before = faults.count("UploadPartCopy")
    assert 0 < before < len(SIZES)
    record = transfer.run()
    assert record["outcome"] == "copied"
    assert record["parts_resumed"] >= before - PARALLELISM
    assert faults.count("UploadPartCopy") <= len(SIZES) + PARALLELISM
    assert_copied(s3, bucket, "copy", content)


def test_a_source_that_changes_leaves_no_destination(s3, faults, bucket, content, tmp_path):
    s3.put_object(Bucket=bucket, Key="large", Body=content)
    faults.add({"operation": "UploadPartCopy", "delay": 1})
    transfer = Transfer(bucket, bucket, str(tmp_path), "copy")
    process = subprocess.Popen(transfer.command, env=transfer.environment, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: faults.count("CreateMultipartUpload") > 0, process)
    s3.put_object(Bucket=bucket, Key="large", Body=b"something else")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "changed while it was copied" in json.loads(output)["message"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
