"""The scripts that install, run jobs and uninstall, against moto and a double of S3 Batch Operations."""

from __future__ import annotations

import fnmatch
import json
import os
import pty
import subprocess
import threading
import uuid
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from batchoperations import BatchOperations, text
from botocore.exceptions import WaiterError
from conftest import KEY, PROGRAMS, REPOSITORY, TEMPLATE, stack
from deploylib import stacks, template
from deploylib.answers import as_arns, problem_with
from deploylib.createjob import failed_since
from deploylib.manifests import columns
from deploylib.problem import Problem
from lambdalimits import LambdaLimits
from stacklib.servers import client

SCRIPTS = REPOSITORY / "scripts"
REQUIRED = ["--parameter", "SourceBucketArns=media,more", "--parameter", "DestinationBucket=archive"]


def moto(service: str):
    return client(service, os.environ["S3HAUL_TEST_MOTO"])


class Machine:
    """Whoever installs: a folder of remembered answers, and a container tool that only says what it was asked."""

    def __init__(self, folder: Path, limits: LambdaLimits) -> None:
        self.limits = limits
        self.stack = f"s3haul-{uuid.uuid4().hex[:8]}"
        self.answers = folder / "answers"
        self.asked = folder / "asked"
        tool = folder / "podman"
        image = {
            "Id": "sha256:" + "ab" * 32,
            "Architecture": "amd64",
            "Labels": {"org.opencontainers.image.version": "1.2.3"},
        }
        tool.write_text(
            f'#!/bin/sh\necho "$@" >> {self.asked}\nif [ "$1" = image ]; then echo \'{json.dumps([image])}\'; fi\n'
        )
        tool.chmod(0o755)
        self.template = folder / "template.json"
        self.template.write_text(json.dumps(small_template()))
        self.environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": os.environ["S3HAUL_TEST_MOTO"],
            "AWS_ENDPOINT_URL_LAMBDA": limits.url,
            "CONTAINER_TOOL": str(tool),
        }

    def install(self, *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        options = ["--stack", self.stack, "--template", str(self.template), "--answers", str(self.answers)]
        return self.run("install", *options, *arguments, typed=typed)

    def run(self, script: str, *arguments: str, typed: str | None = None, **environment: str):
        """Runs a script; with something typed, at a terminal."""
        terminal, stdin = pty.openpty() if typed is not None else (None, subprocess.DEVNULL)
        process = subprocess.Popen(
            [SCRIPTS / script, *arguments],
            env={**self.environment, **environment},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if terminal is not None:
            os.close(stdin)
            os.write(terminal, typed.encode())
        output, errors = process.communicate(timeout=90)
        if terminal is not None:
            os.close(terminal)
        return subprocess.CompletedProcess([script, *arguments], process.returncode, output, errors)

    def remembered(self) -> dict[str, str]:
        return json.loads((self.answers / "123456789012/us-east-1" / f"{self.stack}.json").read_text())


def small_template() -> dict:
    """All parameters and outputs of the template, and as many of its resources as moto can make."""
    resources = {name: TEMPLATE["Resources"][name] for name in ("StateBucket", "TaskQueue", "DeadLetterQueue")}
    values = {
        "DriverArn": "arn:aws:lambda:us-east-1:123456789012:function:s3haul-driver",
        "BatchOperationsRoleArn": "arn:aws:iam::123456789012:role/s3haul-batch-operations",
        "JobQueue": os.environ["S3HAUL_TEST_JOB_QUEUE"],
    }
    outputs = {name: {"Value": value} for name, value in values.items()}
    outputs |= {name: TEMPLATE["Outputs"][name] for name in ("StateBucket", "TaskQueueUrl", "DeadLetterQueueUrl")}
    return {"Parameters": TEMPLATE["Parameters"], "Resources": resources, "Outputs": outputs}


@pytest.fixture
def machine(tmp_path):
    limits = LambdaLimits()
    yield Machine(tmp_path, limits)
    limits.close()


@pytest.fixture
def installed(machine):
    done = machine.install("--yes", *REQUIRED)
    assert done.returncode == 0, done.stderr
    (stack,) = moto("cloudformation").describe_stacks(StackName=machine.stack)["Stacks"]
    machine.made = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    return machine


def test_an_installation(machine):
    done = machine.install("--yes", *REQUIRED)
    assert done.returncode == 0, done.stderr
    assert "Add     TaskQueue  AWS::SQS::Queue" in done.stdout
    (stack,) = moto("cloudformation").describe_stacks(StackName=machine.stack)["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert parameters["DestinationBucket"] == "archive"
    assert parameters["ImageTag"] == "1.2.3-" + "ab" * 6
    asked = machine.asked.read_text().splitlines()
    pushed = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{machine.stack}:{parameters['ImageTag']}"
    assert asked[-1] == f"push {pushed}" and asked[1].startswith("login --username AWS --password-stdin 123456789012.")
    (repository,) = moto("ecr").describe_repositories(repositoryNames=[machine.stack])["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}

    again = machine.install("--yes", "--parameter", "DestinationPrefix=copies/")
    assert again.returncode == 0, again.stderr
    assert machine.remembered()["SourceBucketArns"] == "arn:aws:s3:::media,arn:aws:s3:::more"
    assert machine.remembered()["DestinationPrefix"] == "copies/"


def test_questions_are_asked_once(machine):
    typed = ["media", "NO_BUCKET", "archive", "", "archive", "me@example.com", "", "y"]
    done = machine.install(typed="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stderr
    assert "'NO_BUCKET' does not" in done.stderr
    assert machine.remembered() == {
        "SourceBucketArns": "arn:aws:s3:::media",
        "DestinationBucket": "archive",
        "DestinationPrefix": "",
        "Mode": "archive",
        "AlarmEmail": "me@example.com",
        "KmsKeyArn": "",
        "ImageRepository": machine.stack,
    }
    again = machine.install("--dry-run", typed="")
    assert again.returncode == 0, again.stderr
    assert "DestinationBucket" not in again.stderr


def test_a_publisher_is_asked_for_key_and_subscriber(machine):
    refused = machine.install("--variant", "publisher", "--yes", *REQUIRED)
    assert refused.returncode == 2
    assert "KmsKeyArn is not known" in refused.stderr and refused.stderr.count("\n") == 2
    key = f"KmsKeyArn={KEY}"
    who = "SubscriberCanonicalUserId=" + "a" * 64
    done = machine.install("--variant", "publisher", "--yes", *REQUIRED, "--parameter", key, "--parameter", who)
    assert done.returncode == 0, done.stderr
    assert machine.remembered()["Variant"] == "publisher"


def test_a_dry_run_changes_nothing(machine):
    done = machine.install("--dry-run", *REQUIRED)
    assert done.returncode == 0 and "StateBucket" in done.stdout, done.stderr
    assert not machine.asked.exists()
    stacks = moto("cloudformation").describe_stacks()["Stacks"]
    assert machine.stack not in [one["StackName"] for one in stacks if one["StackStatus"] == "CREATE_COMPLETE"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "SourceBucketArns is not known, and there is no terminal to ask at"),
        (["--parameter", "Nothing=1"], "the template has no parameter Nothing"),
        (["--parameter", "Mode"], "it must be NAME=VALUE"),
        ([*REQUIRED, "--parameter", "Verify=often"], "Verify must be one of standard, deep"),
        ([*REQUIRED, "--parameter", "MaxVcpus=many"], "MaxVcpus must be a number"),
        ([*REQUIRED, "--parameter", "JobAttempts=11"], "JobAttempts must be from 1 to 10"),
        (REQUIRED, "there is no terminal to ask at; give --yes"),
    ],
)
def test_what_is_wrong_is_one_line(machine, arguments, complaint):
    done = machine.install(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_without_credentials_it_says_so(machine):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        machine.environment.pop(name)
    done = machine.install("--yes", *REQUIRED)
    assert done.returncode == 2 and "there are no AWS credentials that work" in done.stderr


@pytest.mark.parametrize(
    ("total", "reserved", "wanted", "most"),
    [(10, 0, 1, 0), (1000, 0, 901, 900), (1000, 0, 900, None), (1000, 500, 900, None), (10, 0, 0, None)],
)
def test_what_lambda_cannot_reserve_is_said_before_anything_is_done(machine, total, reserved, wanted, most):
    machine.limits.total = total
    machine.limits.reserved = {f"{machine.stack}-driver": reserved} if reserved else {}
    done = machine.install("--check", "--parameter", f"DriverConcurrency={wanted}")
    if most is None:
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 2 and not machine.asked.exists()
    assert f"DriverConcurrency is {wanted}, and Lambda can reserve {most} of this account's {total}" in done.stderr
    assert "give --parameter DriverConcurrency=0" in done.stderr
    assert machine.install("--yes", *REQUIRED, "--parameter", f"DriverConcurrency={wanted}").returncode == 2


@pytest.mark.parametrize("name", ["s" * 51, "with_underscore", "two--hyphens", "1st", "last-"])
def test_a_name_that_no_resource_could_have_is_refused(machine, name):
    machine.stack = name
    done = machine.install("--check")
    assert done.returncode == 2 and f"the stack's name '{name}'" in done.stderr


def test_names_of_resources_are_as_short_as_aws_takes_them(monkeypatch):
    monkeypatch.setitem(template.PSEUDO, "AWS::StackName", "s" * stacks.LONGEST_NAME)
    made = stack(DriverZipBucket="programs").resources()
    named = {
        "AWS::Lambda::Function": ("FunctionName", 64),
        "AWS::Events::Rule": ("Name", 64),
        "AWS::Batch::JobQueue": ("JobQueueName", 128),
        "AWS::Batch::JobDefinition": ("JobDefinitionName", 128),
    }
    for name, resource in TEMPLATE["Resources"].items():
        if resource["Type"] in named:
            key, most = named[resource["Type"]]
            assert len(made[name][key]) <= most, name
    (trust,) = made["StarterRole"]["AssumeRolePolicyDocument"]["Statement"]
    pattern = trust["Condition"]["ArnLike"]["aws:SourceArn"].split("rule/")[1]
    starting = [name for name, rule in made.items() if "RoleArn" in str(rule.get("Targets"))]
    assert len(starting) == 2
    assert all(fnmatch.fnmatchcase(made[name]["Name"], pattern) for name in starting)


def test_buckets_are_those_of_the_callers_partition():
    assert as_arns("SourceBucketArns", "media, more", "aws-cn") == "arn:aws-cn:s3:::media,arn:aws-cn:s3:::more"


def test_answers_are_those_of_one_account_and_region(machine):
    assert machine.install("--yes", *REQUIRED).returncode == 0
    elsewhere = machine.install("--dry-run", "--region", "eu-central-1")
    assert elsewhere.returncode == 2 and "SourceBucketArns is not known" in elsewhere.stderr


def test_an_image_for_other_processors_is_refused(machine):
    done = machine.install("--yes", *REQUIRED, "--parameter", "Architecture=arm64")
    assert done.returncode == 2 and "is for x86_64, and the stack for arm64" in done.stderr
    assert "run make install ARCHITECTURE=arm64" in done.stderr
    assert "push" not in machine.asked.read_text()


class FailedStack:
    """CloudFormation with one stack, as a first installation that failed leaves it, or one that takes long."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.deleted = False

    def describe_stacks(self, **_: str):
        return {"Stacks": [{"StackStatus": self.status}]}

    def delete_stack(self, **_: str) -> None:
        self.deleted = True

    def get_waiter(self, _: str):
        return self

    def wait(self, *, WaiterConfig: dict[str, int], **_: str) -> None:
        assert WaiterConfig["Delay"] * WaiterConfig["MaxAttempts"] >= 3600
        if self.status.endswith("_IN_PROGRESS"):
            raise WaiterError("stack", "Max attempts exceeded", {})


@pytest.mark.parametrize(("status", "deleted"), [("ROLLBACK_COMPLETE", True), ("UPDATE_ROLLBACK_COMPLETE", False)])
def test_what_a_first_installation_left_is_removed(status, deleted):
    cloudformation = FailedStack(status)
    stacks.clear_failed(cloudformation, "s3haul", yes=True)
    assert cloudformation.deleted is deleted


def test_what_takes_long_has_not_failed():
    with pytest.raises(Problem, match="still under way"):
        stacks.remove(FailedStack("DELETE_IN_PROGRESS"), "s3haul")


def test_removing_it(installed):
    kept = installed.run("uninstall", "--stack", installed.stack, typed="n\n")
    assert kept.returncode == 0 and "nothing was removed" in kept.stderr
    gone = installed.run("uninstall", "--stack", installed.stack, "--yes")
    assert gone.returncode == 0, gone.stderr
    assert f"aws s3 rb --force s3://{installed.made['StateBucket']}" in gone.stdout
    assert f"--repository-name {installed.stack}\n" in gone.stdout
    again = installed.run("uninstall", "--stack", installed.stack, "--yes")
    assert again.returncode == 2 and f"there is no stack {installed.stack}" in again.stderr


def test_a_repository_that_others_use_is_not_removed(installed):
    repository = installed.stack
    installed.stack = f"{repository}-b"
    done = installed.install("--yes", *REQUIRED, "--parameter", f"ImageRepository={repository}")
    assert done.returncode == 0, done.stderr
    gone = installed.run("uninstall", "--stack", installed.stack, "--yes")
    assert gone.returncode == 0 and "delete-repository" not in gone.stdout, gone.stderr
    assert f"has the images of {repository} too" in gone.stderr


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


def test_values_are_checked_as_cloudformation_would():
    days = TEMPLATE["Parameters"]["LogRetentionDays"]
    assert problem_with("LogRetentionDays", "90", days) is None
    assert "must be one of 1, 3, 5" in problem_with("LogRetentionDays", "2", days)


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
