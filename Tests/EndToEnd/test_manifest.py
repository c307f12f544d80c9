"""s3haul manifest: what is in a bucket, or was, as a manifest."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import time
from urllib.parse import unquote_plus

import pytest
from conftest import PROGRAMS
from listing_double import ListingDouble
from waiting import wait_until

KEYS = ["a b", "a+b", "100%", "a,b", 'q"uote', "é/ü", "日本 📦", "new\nline", "%41"]


def read(content: bytes) -> list[tuple[str, ...]]:
    """The rows as S3 Batch Operations reads them, and as what decodes no plus reads them: the same."""
    rows = list(csv.reader(content.decode().splitlines()))
    assert "+" not in "".join(row[1] for row in rows)
    return [(row[0], unquote_plus(row[1]), *row[2:]) for row in rows]


def test_every_key_as_it_is(s3, s3haul, bucket, tmp_path):
    """The inventory script of before wrote keys as they are, which S3 Batch Operations takes for others."""
    for key in KEYS:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    done = s3haul("manifest", f"s3://{bucket}/", "--to", str(tmp_path / "m.csv"))
    assert done.returncode == 0, done.stderr
    rows = read((tmp_path / "m.csv").read_bytes())
    assert sorted(rows) == sorted((bucket, key) for key in KEYS)
    assert done.stdout.startswith("9 objects, ")
    piped = s3haul("manifest", f"s3://{bucket}/")
    assert read(piped.stdout.encode()) == rows
    assert "9 objects" in piped.stderr


def test_a_point_in_time(s3, s3haul, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    gone = s3.put_object(Bucket=bucket, Key="gone", Body=b"g")["VersionId"]
    then = s3.head_object(Bucket=bucket, Key="gone")["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ")
    second = s3.put_object(Bucket=bucket, Key="k", Body=b"22")
    while s3.head_object(Bucket=bucket, Key="k")["LastModified"].strftime("%Y-%m-%dT%H:%M:%SZ") == then:
        time.sleep(0.2)
        second = s3.put_object(Bucket=bucket, Key="k", Body=b"22")
    s3.delete_object(Bucket=bucket, Key="gone")
    now = s3haul("manifest", f"s3://{bucket}/", "--at", "now")
    assert read(now.stdout.encode()) == [(bucket, "k", second["VersionId"])]
    assert "1 deleted left out" in now.stderr
    assert (bucket, "gone", gone) in read(s3haul("manifest", f"s3://{bucket}/", "--at", then).stdout.encode())
    assert s3haul("manifest", f"s3://{bucket}/", "--at", "2001-01-01").stdout == ""
    every = s3haul("manifest", f"s3://{bucket}/", "--versions", "--long")
    found = [json.loads(line) for line in every.stdout.splitlines()]
    assert {row["version_id"] for row in found} >= {first, gone, second["VersionId"]}
    assert all({"bucket", "key", "size", "etag", "last_modified"} <= row.keys() for row in found)


def test_a_large_one_goes_to_s3_in_parts(s3haul):
    """More rows than a page and more bytes than a part: sent as they come, and there only when whole."""
    keys = [f"{n:05}/{'é' * 400}" for n in range(4_500)]
    double = ListingDouble(len(keys), keys.__getitem__)
    done = s3haul(
        "manifest", "s3://big/", "--to", "s3://jobs/m.csv", "--output", "json", AWS_ENDPOINT_URL_S3=double.url
    )
    double.close()
    assert done.returncode == 0, done.stderr
    assert read(double.object) == [("big", key) for key in keys]
    assert [len(part) for _, part in sorted(double.parts.items())][:-1] == [8 << 20]
    assert json.loads(done.stdout) == {
        "objects": 4_500, "bytes": 4_500, "deleted": 0, "to": "s3://jobs/m.csv", "etag": "whole-2"
    }  # fmt: skip


def test_stopped_it_leaves_no_part_of_one(s3, bucket, faults, tmp_path):
    """A manifest that is cut off must not be taken for a whole one."""
    for n in range(200):
        s3.put_object(Bucket=bucket, Key=f"{n}", Body=b"")
    faults.add_named("slow-bytes", operation="ListObjectsV2")
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
    command = [PROGRAMS / "s3haul", "manifest", f"s3://{bucket}/", "--to", str(tmp_path / "m.csv")]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: (tmp_path / "m.csv.unfinished").exists(), process)
    process.send_signal(signal.SIGTERM)
    _, messages = process.communicate(timeout=20)
    assert process.returncode == 75, messages
    assert list(tmp_path.iterdir()) == []


def test_an_empty_bucket(s3haul, bucket, tmp_path):
    done = s3haul("manifest", f"s3://{bucket}/", "--to", str(tmp_path / "m.csv"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m.csv").read_bytes() == b""
    assert done.stdout == "there are no objects\n"


def test_a_dry_run_writes_nothing(s3, s3haul, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="k", Body=b"123")
    done = s3haul("manifest", f"s3://{bucket}/", "--to", str(tmp_path / "m.csv"), "--dry-run")
    assert done.stdout == "1 object, 3 B\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["media"], "s3://"),
        (["s3://b/", "--at", "yesterday"], "--at: 'yesterday'"),
        (["s3://b/", "--at", "now", "--versions"], "exclude each other"),
        (["s3://no-such-bucket-at-all/"], "NoSuchBucket"),
        ([], "arguments are missing"),
    ],
)
def test_wrong_usage_is_one_line(s3haul, arguments, says):
    done = s3haul("manifest", *arguments)
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
