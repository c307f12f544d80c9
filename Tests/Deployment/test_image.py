"""The image, built by podman from a base made here: as Lambda runs it, by SAM, and as AWS Batch would."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import subprocess
import tarfile
import time
import uuid

import pytest
from conftest import PROGRAMS, REPOSITORY, stack
from runtimeapi import invoke, milliseconds_to_first_request
from stacklib.batchjobs import command
from stacklib.lambdas import Emulator
from stacklib.servers import JOB_QUEUE, client

IMAGE = "localhost/s3haul:latest"
MIB = 1 << 20


@pytest.fixture(scope="module")
def buckets(s3):
    for name in ("media", "archive", "state"):
        s3.create_bucket(Bucket=name)
    return s3


def test_it_is_what_it_says(podman, limits):
    (image,) = json.loads(podman.run("podman", "image", "inspect", IMAGE))
    assert image["Config"]["User"] == "65532:65532"
    revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    labels = image["Config"]["Labels"]
    assert labels["org.opencontainers.image.revision"] == revision.stdout.strip()
    assert labels["org.opencontainers.image.version"] != "unknown"
    assert image["Size"] <= limits["image bytes"], "see container/limits.json"


def test_it_has_nothing_but_the_programs(podman):
    root = podman.run("podman", "image", "mount", IMAGE).strip()
    try:
        found = {
            os.path.relpath(os.path.join(folder, name), root)
            for folder, _, names in os.walk(root)
            for name in names
            if ".so" not in name
        }
    finally:
        podman.run("podman", "image", "umount", IMAGE)
    etc = {"etc/passwd", "etc/group", "etc/nsswitch.conf", "etc/ssl/certs/ca-certificates.crt"}
    assert found == {"usr/bin/s3haul", "usr/bin/bootstrap"} | etc


def test_it_starts_quickly(podman, limits):
    """With all that podman does to make a container."""
    run = ["podman", "run", "--rm", "--network", "host", "--read-only", "--env", "AWS_LAMBDA_RUNTIME_API", IMAGE]
    took = milliseconds_to_first_request(run, podman.environment)
    print(f"container: {took:.0f} ms")
    assert took <= limits["milliseconds from start to the first request, container"], "see container/limits.json"


def test_the_same_programs_make_the_same_image(podman):
    first = podman.run("podman", "image", "inspect", "--format", "{{.Id}}", IMAGE)
    podman.run(REPOSITORY / "scripts/image", BUILD_IMAGE="localhost/s3haul-base:latest")
    assert podman.run("podman", "image", "inspect", "--format", "{{.Id}}", IMAGE) == first


def local_invoke(podman, event, **environment: str) -> dict:
    addresses = {
        "AWS_ENDPOINT_URL_S3": podman.bring(os.environ["S3HAUL_TEST_S3"]),
        "AWS_ENDPOINT_URL_BATCH": podman.bring(os.environ["S3HAUL_TEST_MOTO"]),
        # Of SAM itself, which asks whose credentials it has.
        "AWS_ENDPOINT_URL": os.environ["S3HAUL_TEST_MOTO"],
    }
    invoke = [REPOSITORY / "scripts/local-invoke", "--shell-image", "localhost/s3haul-base:latest"]
    output = podman.run(*invoke, "--parameter", "DestinationBucket=archive", event, **addresses, **environment)
    return json.loads(output)


@pytest.mark.parametrize(
    ("name", "source", "destination"),
    [
        ("schema-1.0.json", "raw footage/Lesson 11's still (ü).jpg", "raw footage/Lesson 11's still (ü).jpg"),
        ("schema-2.0.json", "raw footage/film+1.mxf", "2026/raw footage/film+1.mxf"),
    ],
)
def test_sam_invokes_the_driver(podman, buckets, name, source, destination):
    buckets.put_object(Bucket="media", Key=source, Body=source.encode(), Metadata={"camera": "3"})
    event = REPOSITORY / "events" / name
    asked, answer = json.loads(event.read_text()), local_invoke(podman, event)
    (task,) = asked["tasks"]
    (result,) = answer.pop("results")
    assert answer == {
        "invocationSchemaVersion": asked["invocationSchemaVersion"],
        "invocationId": asked["invocationId"],
        "treatMissingKeysAs": "PermanentFailure",
    }
    assert (result["taskId"], result["resultCode"]) == (task["taskId"], "Succeeded"), result
    copy = buckets.get_object(Bucket="archive", Key=destination)
    assert copy["Body"].read() == source.encode() and copy["Metadata"] == {"camera": "3"}


def register(batch) -> str:
    """The template's job definition, as CloudFormation would register it."""
    made = stack().resources("AWS::Batch::JobDefinition")["CopyJobDefinition"]
    container = made["ContainerProperties"]
    needs = [{name.lower(): str(value) for name, value in need.items()} for need in container["ResourceRequirements"]]
    batch.register_job_definition(
        jobDefinitionName=made["JobDefinitionName"],
        type=made["Type"],
        containerProperties={
            "image": container["Image"],
            "command": container["Command"],
            "user": container["User"],
            "readonlyRootFilesystem": container["ReadonlyRootFilesystem"],
            "environment": [{name.lower(): value for name, value in one.items()} for one in container["Environment"]],
            "resourceRequirements": needs,
        },
    )
    return made["JobDefinitionName"]


def as_batch_runs(definition: str, words: list[str], name: str, **environment: str) -> list[str]:
    """What starts a container as Amazon ECS would on an instance of AWS Batch, by a definition of the template."""
    container = stack().resources("AWS::Batch::JobDefinition")[definition]["ContainerProperties"]
    (tmpfs,) = container["LinuxParameters"]["Tmpfs"]
    needs = {need["Type"]: need["Value"] for need in container["ResourceRequirements"]}
    assert container["ReadonlyRootFilesystem"] is True
    return [
        *("podman", "run", "--rm", "--name", name, "--network", "host", "--read-only", "--read-only-tmpfs=false"),
        *("--user", container["User"], "--memory", f"{needs['MEMORY']}m", "--cpus", needs["VCPU"]),
        *("--tmpfs", f"{tmpfs['ContainerPath']}:size={tmpfs['Size']}m,{','.join(tmpfs['MountOptions'])}"),
        *(word for item in environment.items() for word in ("--env", "=".join(item))),
        IMAGE,
        *words,
    ]


def of_this_stack() -> dict[str, str]:
    """Whose requests the test's servers take."""
    return {name: os.environ[name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")}


def attempt(job: dict, number: int, name: str) -> list[str]:
    """An attempt of a job, against the servers of the test."""
    variables = {**of_this_stack(), "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
    variables |= {item["name"]: item["value"] for item in job["container"]["environment"]}
    variables |= {"AWS_BATCH_JOB_ID": job["jobId"], "AWS_BATCH_JOB_ATTEMPT": str(number)}
    return as_batch_runs("CopyJobDefinition", command(job), name, **variables)


def test_a_job_of_the_driver_is_finished_in_the_image(podman, buckets, batch, faults, tmp_path):
    """From the event to the copy: SAM runs the driver, moto takes the job, and two containers, the first of which is
    told to stop, carry it out."""
    key, body = "large ü+.bin", random.Random(4).randbytes(60 * MIB)
    buckets.put_object(Bucket="media", Key=key, Body=body)
    event = json.loads((REPOSITORY / "events/schema-2.0.json").read_text())
    event["tasks"][0]["s3Key"] = "large+%C3%BC%2B.bin"
    (tmp_path / "event.json").write_text(json.dumps(event))
    settings = {"S3HAUL_INLINE_LIMIT": "5MiB", "S3HAUL_PART_SIZE": "5MiB", "S3HAUL_PARALLELISM": "2"}
    settings |= {"S3HAUL_STATE": "s3://state/state/", "S3HAUL_JOB_QUEUE": JOB_QUEUE}
    answer = local_invoke(podman, tmp_path / "event.json", S3HAUL_JOB_DEFINITION=register(batch), **settings)
    (result,) = answer["results"]
    assert result["resultCode"] == "Succeeded", result
    (job,) = batch.describe_jobs(jobs=[result["resultString"].split("--jobs ")[1]])["jobs"]

    name = f"s3haul-{uuid.uuid4().hex[:8]}"
    faults.add({"operation": "UploadPartCopy", "delay": 0.5})
    first = podman.start(*attempt(job, 1, name))
    wait_for_parts(faults, 2)
    podman.run("podman", "stop", "--time", "60", name)
    output, errors = first.communicate(timeout=60)
    assert first.returncode == 75, output + errors

    faults.clear()
    second = podman.start(*attempt(job, 2, name))
    output, errors = second.communicate(timeout=120)
    assert second.returncode == 0, output + errors
    copy = buckets.get_object(Bucket="archive", Key="2026/" + key)["Body"].read()
    assert hashlib.sha256(copy).digest() == hashlib.sha256(body).digest()
    assert "Uploads" not in buckets.list_multipart_uploads(Bucket="archive")
    checkpoints = buckets.list_objects_v2(Bucket="state", Prefix="state/")["Contents"]
    assert len(checkpoints) == 1


@pytest.fixture
def queue():
    """The template's queue and dead letters, as far as moto has them."""
    sqs = client("sqs", os.environ["S3HAUL_TEST_MOTO"])
    letters = sqs.create_queue(QueueName=f"letters-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = stack().resources("AWS::SQS::Queue")["TaskQueue"]["RedrivePolicy"] | {"deadLetterTargetArn": arn}
    attributes = {"RedrivePolicy": json.dumps(policy)}
    return sqs.create_queue(QueueName=f"tasks-{uuid.uuid4().hex[:8]}", Attributes=attributes)["QueueUrl"]


def test_what_the_driver_queues_is_archived_in_the_image(podman, buckets, queue, tmp_path):
    """The template's settings and commands on both sides of the queue."""
    made = stack(SourceBucketArns="arn:aws:s3:::media", DestinationBucket="archive", Mode="archive")

    def real(text: str) -> str:
        return text.replace("StateBucket", "state").replace("TaskQueue", queue)

    for number in range(5):
        buckets.put_object(Bucket="media", Key=f"small/{number}", Body=b"x" * number)
    settings = made.resources("AWS::Lambda::Function")["Driver"]["Environment"]["Variables"]
    endpoints = {
        "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"],
        "AWS_ENDPOINT_URL_SQS": os.environ["S3HAUL_TEST_MOTO"],
    }
    environment = {**os.environ, **endpoints, **{name: real(value) for name, value in settings.items()}}
    emulator = Emulator(PROGRAMS / "bootstrap", environment, tmp_path / "log")
    try:
        for number in range(5):
            event = json.loads((REPOSITORY / "events/schema-2.0.json").read_text())
            event["job"].pop("userArguments")
            event["tasks"][0]["s3Key"] = f"small/{number}"
            (result,) = invoke(emulator, event)["results"]
            assert result["resultCode"] == "Succeeded" and "queued" in result["resultString"], result
    finally:
        emulator.kill()

    container = made.resources("AWS::Batch::JobDefinition")["WorkJobDefinition"]["ContainerProperties"]
    words = [real(word).replace("8m", "2s") for word in container["Command"]]
    variables = {item["Name"]: real(item["Value"]) for item in container["Environment"]}
    variables |= {**of_this_stack(), **endpoints, "S3HAUL_AGE": "1s", "AWS_BATCH_JOB_ID": "work-1"}
    worker = podman.start(*as_batch_runs("WorkJobDefinition", words, f"s3haul-{uuid.uuid4().hex[:8]}", **variables))
    output, errors = worker.communicate(timeout=120)
    assert worker.returncode == 0, output + errors
    written = [item["Key"] for item in buckets.list_objects_v2(Bucket="archive")["Contents"]]
    (archive,) = [key for key in written if key.endswith(".tar.gz")]
    with tarfile.open(fileobj=io.BytesIO(buckets.get_object(Bucket="archive", Key=archive)["Body"].read())) as opened:
        assert sorted(opened.getnames()) == [f"media/small/{number}" for number in range(5)]
    assert any(key.endswith(".index.jsonl.gz") for key in written)
    assert buckets.list_objects_v2(Bucket="state", Prefix="records/")["KeyCount"] == 1


def test_nothing_can_be_written_but_the_tmpfs(podman):
    copying = ["s3haul", "copy", "s3://a/b", "s3://c/d", "--records", "/usr/bin/records"]
    refused = podman.start(*as_batch_runs("CopyJobDefinition", copying, f"s3haul-{uuid.uuid4().hex[:8]}"))
    _, errors = refused.communicate(timeout=60)
    assert refused.returncode != 0 and "/usr/bin/records" in errors and "Read-only" in errors, errors


def wait_for_parts(faults, count: int) -> None:
    deadline = time.monotonic() + 60
    while faults.count("UploadPartCopy") < count:
        assert time.monotonic() < deadline, "no part was copied"
        time.sleep(0.05)
