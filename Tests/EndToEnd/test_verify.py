"""s3haul verify: an archive against its index and its sources; and archives in Glacier, against moto."""

from __future__ import annotations

import json
import os
import uuid

import pytest
from archivekit import SUFFIX, Bundle, bundle
from conftest import client

KEYS = {"a": 5, "b/large": 3 << 20, "empty": 0, **{f"many/{number:03}": 300 + number for number in range(100)}}
FORMATS = ["tar", "tar.gz", "tar.zst", "zip"]


@pytest.fixture(params=FORMATS)
def ours(request, bucket, tmp_path) -> Bundle:
    return bundle(tmp_path, request.param, KEYS, bucket=bucket)


def failures(done) -> dict[str, str]:
    records = map(json.loads, done.stdout.splitlines())
    return {record["key"]: record["message"] for record in records if record["outcome"] == "failed"}


def test_a_good_archive_holds(ours, s3, bucket, run):
    address = ours.put(s3, bucket, "k")
    done = run("verify", address, "--deep")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "verified 103 members, 3 MiB, by the index; 103 found in the archive itself\n"
    alone = run("verify", address, "--index", "none")
    assert (alone.returncode, alone.stdout) == (0, "verified 103 members, 3 MiB, by the archive alone\n")


def test_what_does_not_hold_is_listed(ours, s3, bucket, run):
    by_key = {entry["key"]: entry for entry in ours.entries}
    by_key["many/010"]["crc32"] ^= 1
    by_key["many/011"]["etag"] = "0" * 32
    by_key["many/012"]["etag"], by_key["many/012"]["md5"] = "0" * 32 + "-2", "1" * 32
    by_key["many/013"]["data_offset"] += 1
    by_key["many/014"]["frame_offset"] = 1 << 40
    by_key["many/015"]["size"] += 1
    done = run("verify", ours.put(s3, bucket, "k"), "--output", "json")
    assert done.returncode == 1
    assert sorted(failures(done)) == [f"many/{number:03}" for number in range(10, 16)]
    assert "another CRC-32" in failures(done)["many/010"]
    assert "another MD5" in failures(done)["many/011"]
    assert "another MD5" in failures(done)["many/012"]
    assert "outside of the archive" in failures(done)["many/014"]
    assert "97 members" in done.stderr


def test_a_member_that_the_index_lacks_or_has_besides(ours, s3, bucket, run):
    dropped = ours.entries.pop(50)
    address = ours.put(s3, bucket, "k")
    assert run("verify", address).returncode == 0
    done = run("verify", address, "--deep")
    assert done.returncode == 1
    assert f"the archive has {dropped['member']}" in done.stderr
    last = ours.entries.pop()
    ours.entries.insert(50, dropped)
    ours.put(s3, bucket, "k")
    assert f"{last['member']}: the archive has it, the index has not" in run("verify", address, "--deep").stderr


def test_sources_that_exist_are_compared(s3, bucket, run, tmp_path):
    ours = bundle(tmp_path, "tar.gz", {"same": 5, "gone": 6, "longer": 7, "other": 8, "parts": 9}, bucket=bucket)
    for key in ["same", "longer", "other", "parts"]:
        s3.put_object(Bucket=bucket, Key=key, Body=ours.contents[key])
    s3.put_object(Bucket=bucket, Key="longer", Body=b"longer than before")
    s3.put_object(Bucket=bucket, Key="other", Body=b"12345678")
    parts = next(entry for entry in ours.entries if entry["key"] == "parts")
    parts["md5"], parts["etag"] = parts["etag"], "0" * 32 + "-1"
    address = ours.put(s3, bucket, "archive")
    done = run("verify", address, "--sources")
    assert done.returncode == 1
    assert "sources: 1 the same, 1 gone, 3 failed" in done.stdout
    assert f"s3://{bucket}/longer has 18 bytes, but 7 were archived" in done.stderr
    assert f"s3://{bucket}/other has another ETag" in done.stderr
    deep = run("verify", address, "--sources", "--deep")
    assert deep.returncode == 1
    assert "sources: 2 the same, 1 gone, 2 failed" in deep.stdout
    assert f"s3://{bucket}/other has other bytes than were archived" in deep.stderr


def test_a_damaged_archive_alone_does_not_hold(s3, bucket, run, tmp_path):
    ours = bundle(tmp_path, "tar.gz", {"a": 50_000, "b": 50_000})
    broken = bytearray(ours.archive)
    broken[len(broken) // 2] ^= 1
    s3.put_object(Bucket=bucket, Key="k", Body=bytes(broken))
    assert run("verify", f"s3://{bucket}/k").returncode != 0
    s3.put_object(Bucket=bucket, Key="k", Body=ours.archive[:-20])
    assert run("verify", f"s3://{bucket}/k").returncode != 0


@pytest.fixture
def cold(run):
    """Runs s3haul against moto, which knows Glacier; and boto3, and a bucket there."""
    moto = os.environ["S3HAUL_TEST_MOTO"]
    s3 = client("s3", moto)
    bucket = f"cold-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=bucket)
    return lambda *words: run(*words, AWS_ENDPOINT_URL_S3=moto), s3, bucket


def test_an_archive_in_glacier(cold, tmp_path):
    run, s3, bucket = cold
    ours = bundle(tmp_path, "tar.gz", {"a": 5, "b": 6})
    s3.put_object(Bucket=bucket, Key="k", Body=ours.archive, StorageClass="DEEP_ARCHIVE")
    s3.put_object(Bucket=bucket, Key="k" + SUFFIX, Body=ours.index)
    address = f"s3://{bucket}/k"
    assert run("list", address).returncode == 0
    assert run("extract", address, "a", "--to", tmp_path / "out", "--dry-run").returncode == 0
    refused = run("extract", address, "a", "--to", tmp_path / "out")
    assert refused.returncode == 2
    assert "is in DEEP_ARCHIVE: it must be restored" in refused.stderr
    assert "Restore" not in s3.head_object(Bucket=bucket, Key="k")
    later = run("extract", address, "a", "--to", tmp_path / "out", "--restore", "Bulk", "--days", "3")
    assert later.returncode == 75
    assert "is being restored from DEEP_ARCHIVE; the same command works once it is" in later.stderr
    assert "Restore" in s3.head_object(Bucket=bucket, Key="k")
    done = run("extract", address, "a", "--to", tmp_path / "out", "--restore", "Bulk")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "a").read_bytes() == ours.contents["a"]


def test_waiting_for_glacier(cold, tmp_path):
    run, s3, bucket = cold
    ours = bundle(tmp_path, "zip", {"a": 5})
    s3.put_object(Bucket=bucket, Key="k", Body=ours.archive, StorageClass="GLACIER")
    listed = run("list", f"s3://{bucket}/k")
    assert listed.returncode == 2
    assert "must be restored before it can be read" in listed.stderr
    done = run("verify", f"s3://{bucket}/k", "--restore", "Expedited", "--wait")
    assert done.returncode == 0, done.stderr
    assert "waiting until" in done.stderr
    assert "--days and --wait are for --restore TIER" in run("verify", f"s3://{bucket}/k", "--wait").stderr
