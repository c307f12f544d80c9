"""scripts/create-job and scripts/generate-inventory: jobs of S3 Batch Operations, and their manifests."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import uuid
from urllib.parse import unquote_plus

import pytest
from batchoperations import BatchOperations, text
from conftest import PROGRAMS
from deploylib.createjob import failed_since
from deploylib.manifests import columns
from deploylib.problem import Problem
from machines import SCRIPTS, moto


def rows_of(request) -> int:
    """What S3 Batch Operations would read by the job's own words."""
    bucket, key = text(request, "Manifest", "Location", "ObjectArn").removeprefix("arn:aws:s3:::").split("/", 1)
    manifest = moto("s3").get_object(Bucket=bucket, Key=key)
    assert manifest["ETag"].strip('"') == text(request, "Manifest", "Location", "ETag")
    return len(manifest["Body"].read().splitlines())


@pytest.fixture
def operations():
    service = BatchOperations(rows_of)
    yield service
    service.close()


@pytest.fixture
def manifest(tmp_path):
    file = tmp_path / "media.csv"
    file.write_text("".join(f"media,a%20{number}\n" for number in range(10)))
    return file


def create_job(machine, operations, *arguments: str, typed: str | None = None):
    options = ["--stack", machine.stack, "--every", "0.1", *arguments]
    return machine.run("create-job", *options, typed=typed, **operations.environment)


def test_a_job_from_manifest_to_report(installed, operations, manifest):
    sqs, queue = moto("sqs"), installed.made["TaskQueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="a task of the driver")
    operations.failing = 2
    operations.when_done = lambda: threading.Timer(1, sqs.purge_queue, kwargs={"QueueUrl": queue}).start()
    done = create_job(
        installed, operations, "--manifest", str(manifest), "--yes", "--user-argument", "destinationPrefix=2026/"
    )
    assert done.returncode == 1, done.stderr
    (job,) = operations.jobs.values()
    request = job["request"]
    bucket = installed.made["StateBucket"]
    assert done.stdout == f"s3://{bucket}/reports/job-{job['id']}/manifest.json\n"
    for line in [
        "Suspended: 0 of 10 objects",
        "Active: 50%, 5 of 10",
        "Complete: 100%, 8 of 10 objects done, 2 failed",
    ]:
        assert line.split(":")[0] in done.stderr
    assert "100%, 8 of 10 objects done, 2 failed" in done.stderr
    assert "messages in the queue: 1" in done.stderr and "nothing left to do" in done.stderr
    assert text(request, "RoleArn") == installed.made["BatchOperationsRoleArn"]
    assert text(request, "Operation", "LambdaInvoke", "FunctionArn") == installed.made["DriverArn"]
    assert text(request, "Operation", "LambdaInvoke", "InvocationSchemaVersion") == "2.0"
    (argument,) = request.iter("{http://awss3control.amazonaws.com/doc/2018-08-20/}UserArguments")
    assert [child.text for child in argument.iter() if child.text] == ["destinationPrefix", "2026/"]
    assert (
        text(request, "Report", "Bucket") == f"arn:aws:s3:::{bucket}" and text(request, "Report", "Enabled") == "true"
    )
    assert text(request, "Manifest", "Spec", "Format") == "S3BatchOperations_CSV_20180820"


def test_a_manifest_can_be_run_again(installed, operations, manifest):
    for times in (1, 2):
        done = create_job(installed, operations, "--manifest", str(manifest), "--yes", "--no-follow")
        assert done.returncode == 0, done.stderr
        assert len(operations.jobs) == times


def test_a_manifest_of_the_same_name_replaces_none(installed, operations, manifest):
    """The first job reads it for as long as it runs."""
    options = ["--manifest", str(manifest), "--yes", "--no-follow"]
    assert create_job(installed, operations, *options).returncode == 0
    manifest.write_text("media,another\n")
    assert create_job(installed, operations, *options).returncode == 0
    s3, jobs = moto("s3"), list(operations.jobs.values())
    for job, size in zip(jobs, (10, 1), strict=True):
        assert rows_of(job["request"]) == size
    s3.create_bucket(Bucket="jobs")
    for body in (b"media,a\n", b"media,b\n"):
        s3.put_object(Bucket="jobs", Key="day/media.csv", Body=body)
        copied = create_job(installed, operations, "--manifest", "s3://jobs/day/media.csv", "--yes", "--no-follow")
        assert copied.returncode == 0, copied.stderr
    kept = s3.list_objects_v2(Bucket=installed.made["StateBucket"], Prefix="manifests/jobs/day/media-")["Contents"]
    assert len(kept) == 2


def test_a_message_that_was_set_aside_is_a_failure(installed, operations, manifest):
    dead = installed.made["DeadLetterQueueUrl"]
    moto("sqs").send_message(QueueUrl=dead, MessageBody="a task of another day")
    operations.when_done = lambda: moto("sqs").send_message(QueueUrl=dead, MessageBody="a task")
    done = create_job(installed, operations, "--manifest", str(manifest), "--yes")
    assert done.returncode == 1 and f"1 messages were set aside, in {dead}" in done.stderr


class FailedJobs:
    """AWS Batch with jobs that failed, which moto has none of: their names, runs, and when they were made."""

    def __init__(self, *jobs: tuple[str, str | None, float]) -> None:
        self.jobs = [
            {"jobId": name, "jobName": name, "createdAt": made * 1000, "tags": {"s3haul:run": run} if run else {}}
            for name, run, made in jobs
        ]

    def client(self, _: str):
        return self

    def get_paginator(self, _: str):
        return self

    def paginate(self, *, jobStatus: str, **_: str):
        assert jobStatus == "FAILED"
        yield {"jobSummaryList": [{key: job[key] for key in ("jobId", "createdAt")} for job in self.jobs]}

    def describe_jobs(self, jobs: list[str]):
        assert len(jobs) <= 100
        return {"jobs": [job for job in self.jobs if job["jobId"] in jobs]}


def test_jobs_of_this_run_that_failed_are_found():
    jobs = FailedJobs(
        ("worker", None, 5000),
        ("of another run", "other", 5000),
        ("of another day", "this", 1000),
        *((f"copy-{number}", "this", 5000) for number in range(150)),
    )
    lines = failed_since(jobs, {"JobQueue": "queue"}, 4900, "this")
    assert len(lines) == 151 and lines[0].startswith("worker (worker): ") and lines[150].startswith("copy-149 ")


def test_a_job_is_asked_about_with_its_number_of_objects(installed, operations, manifest):
    done = create_job(installed, operations, "--manifest", str(manifest), typed="n\n")
    assert done.returncode == 0 and "Run it for 10 objects? [y/N]" in done.stderr
    (job,) = operations.jobs.values()
    assert job["status"] == "Cancelled"


def test_an_inventory_is_a_manifest(installed, operations):
    s3 = moto("s3")
    s3.create_bucket(Bucket="inventory")
    s3.put_object(Bucket="inventory", Key="media/manifest.json", Body=json.dumps({"fileFormat": "CSV"}))
    s3.put_object(Bucket="inventory", Key="parquet/manifest.json", Body=json.dumps({"fileFormat": "Parquet"}))
    done = create_job(installed, operations, "--manifest", "s3://inventory/media/manifest.json", "--yes", "--no-follow")
    assert done.returncode == 0, done.stderr
    (job,) = operations.jobs.values()
    assert text(job["request"], "Manifest", "Spec", "Format") == "S3InventoryReport_CSV_20161130"
    assert job["status"] == "Ready"
    refused = create_job(installed, operations, "--manifest", "s3://inventory/parquet/manifest.json")
    assert refused.returncode == 2 and "takes those in CSV alone" in refused.stderr


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"media,a\n", ("Bucket", "Key")),
        (b'"media","a%20b","v1"\n', ("Bucket", "Key", "VersionId")),
        (b"", "empty"),
        (b"bucket,key\n", "header"),
        (b"a\n", "1 columns"),
        (b"media,a b\n", "not URL-encoded"),
        (b"\xff\xfe", "no manifest in CSV"),
    ],
)
def test_columns_of_a_manifest(head, expected):
    if isinstance(expected, tuple):
        assert columns(head, "m.csv") == expected
        return
    with pytest.raises(Problem, match=expected):
        columns(head, "m.csv")


def test_an_inventory_of_a_bucket_is_generated(tmp_path, s3):
    """Every key comes back, encoded as S3 Batch Operations takes it, and create-job knows its columns."""
    name = f"inventory-{uuid.uuid4().hex[:8]}"
    keys = ["a b.txt", "a+b.txt", "ü/日本.mxf", 'quote".txt', "comma,.txt", "100%.txt"]
    s3.create_bucket(Bucket=name)
    for key in keys:
        s3.put_object(Bucket=name, Key=key, Body=b"x")
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"],
        "S3HAUL": str(PROGRAMS / "s3haul"),
    }
    listed = subprocess.run([SCRIPTS / "generate-inventory", name], env=environment, capture_output=True, check=False)
    assert listed.returncode == 0, listed.stderr
    rows = [line.split(",") for line in listed.stdout.decode().splitlines()]
    assert {row[0] for row in rows} == {name}
    assert sorted(unquote_plus(row[1]) for row in rows) == sorted(keys)
    assert columns(listed.stdout, "inventory")[:2] == ("Bucket", "Key")
    helped = subprocess.run([SCRIPTS / "generate-inventory"], capture_output=True, text=True, check=False)
    assert helped.returncode == 2 and "say which bucket" in helped.stderr
