"""s3haul bundle where requests fail, workers are killed and objects change."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest
from bundles import (
    MIB,
    check,
    index,
    keys,
    long_manifest,
    manifest,
    member,
    read,
    small_objects,
    summary,
    through_proxy,
)
from conftest import PROGRAMS
from waiting import wait_until

FAULTS = [
    "lost-reply", "cut-before", "cut-during-reply", "error-in-200", "error-in-200-after-work", "internal-error",
    "slow-down-burst", "truncated-body",
]  # fmt: skip


@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "UploadPart", "CompleteMultipartUpload"])
@pytest.mark.parametrize("fault", FAULTS)
def test_ends_in_one_bundle_whatever_fails(s3, s3haul, faults, bucket, archives, tmp_path, fault, operation):
    # Nine MiB make an archive of two parts; parts have five.
    bodies = {**small_objects(s3, bucket, 8), "larger": random.Random(6).randbytes(9 * MIB)}
    if operation == "GetObject":
        bodies = small_objects(s3, bucket, 8)
    if operation == "PutObject":
        bodies.pop("larger", None)
    path = manifest(tmp_path / "m.csv", bucket, list(bodies))
    for key, body in bodies.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    faults.add_named(fault, operation=operation)
    command = ["bundle", "--manifest", path, "--to", f"s3://{archives}", "--archive-format", "tar", "--output", "json"]
    done = s3haul(*command, **through_proxy())
    if done.returncode == 75:
        done = s3haul(*command, **through_proxy())
    assert done.returncode == 0, done.stderr
    check(s3, archives, summary(done), bodies)


def test_killed_at_any_instant_nothing_is_lost(s3, faults, bucket, archives, tmp_path):
    instants = 12
    faults.add({"delay": 0.005})
    generator = random.Random(9)

    def worker(number: int) -> subprocess.Popen[str]:
        command = [
            str(PROGRAMS / "s3haul"), "bundle", "--manifest", str(tmp_path / f"m{number}.csv"), "--to",
            f"s3://{archives}/{number}/", "--delete-source", "--concurrency", "2", "--output", "json",
        ]  # fmt: skip
        return subprocess.Popen(
            command, env={**os.environ, **through_proxy()}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def is_due(process: subprocess.Popen[str], number: int, sent: int) -> bool:
        return process.poll() is not None or len(faults.requests(f"^{number}/")["requests"]) >= sent

    killed = 0
    for number in range(instants):
        bodies = {f"{number}/{n}": generator.randbytes(1000) for n in range(10)}
        for key, body in bodies.items():
            s3.put_object(Bucket=bucket, Key=key, Body=body)
        manifest(tmp_path / f"m{number}.csv", bucket, list(bodies))
        process = worker(number)
        sent = 22 * number // instants
        wait_until(partial(is_due, process, number, sent))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        finished = worker(number)
        output, errors = finished.communicate(timeout=60)
        assert finished.returncode == 0, errors
        bundle = json.loads(output)
        archive = read(s3, bundle["archive"])
        assert {entry["key"]: member(archive, entry) for entry in index(s3, bundle)} == bodies
        assert keys(s3, bucket) == []
        assert len([key for key in keys(s3, archives) if key.startswith(f"{number}/") and ".index." in key]) == 1
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=archives)
    assert killed >= instants * 0.7


def test_two_workers_make_one_bundle(s3, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 60)
    command = [
        str(PROGRAMS / "s3haul"), "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, list(bodies)), "--to",
        f"s3://{archives}", "--output", "json",
    ]  # fmt: skip
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"]}
    workers = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    done = [(worker.communicate(timeout=60), worker.returncode) for worker in workers]
    assert [code for _, code in done] == [0, 0, 0], done
    assert len({json.loads(output)["archive"] for (output, _), _ in done}) == 1
    check(s3, archives, json.loads(done[0][0][0]), bodies)


def test_an_object_that_changes_while_it_is_read_stops_no_other(s3, s3haul, faults, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 3)
    s3.put_object(Bucket=bucket, Key="large", Body=os.urandom(40 * MIB))
    rows = [{"bucket": bucket, "key": "large", "size": 40 * MIB}]
    path = long_manifest(tmp_path / "m.jsonl", rows + [{"bucket": bucket, "key": key} for key in bodies])
    faults.add({"operation": "GetObject", "key": "^large$", "delay": 1})
    command = [
        str(PROGRAMS / "s3haul"), "bundle", "--manifest", path, "--to", f"s3://{archives}", "--output", "json"
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **through_proxy()}, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: faults.count("GetObject", "^large$") > 0, process)
    s3.put_object(Bucket=bucket, Key="large", Body=b"something else")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    bundle = json.loads(output)
    assert json.loads(Path(bundle["dead_letters"]).read_text())["reason"] == "PreconditionFailed"
    check(s3, archives, bundle, bodies)


def test_nothing_is_deleted_when_the_archive_does_not_read_back(s3, s3haul, faults, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 5)
    faults.add({"operation": "GetObject", "key": "tar.gz$", "truncate": 10})
    done = s3haul(
        "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, list(bodies)), "--to", f"s3://{archives}",
        "--delete-source", **through_proxy(),
    )  # fmt: skip
    assert done.returncode == 75, done.stderr
    assert keys(s3, bucket) == sorted(bodies)


def test_a_source_that_changed_is_kept(s3, s3haul, faults, bucket, archives, tmp_path):
    bodies = small_objects(s3, bucket, 12)
    faults.add({"operation": "PutObject", "key": "index.jsonl.gz$", "delay": 3})
    command = [
        str(PROGRAMS / "s3haul"), "bundle", "--manifest", manifest(tmp_path / "m.csv", bucket, list(bodies)), "--to",
        f"s3://{archives}", "--delete-source", "--output", "json",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, **through_proxy()}, stdout=subprocess.PIPE, text=True)
    wait_until(lambda: faults.count("PutObject") >= 2, process)
    s3.put_object(Bucket=bucket, Key="small/000", Body=b"new")
    s3.put_object(Bucket=bucket, Key="small/005", Body=b"new")
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    bundle = json.loads(output)
    assert (bundle["deleted"], bundle["kept"]) == (10, 2)
    assert keys(s3, bucket) == ["small/000", "small/005"]
