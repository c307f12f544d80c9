"""The driver's program in the real Lambda emulator, with real servers behind it and boto3 as the witness."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time

import pytest
from conftest import PROGRAMS
from driverevents import DriverInEmulator, event, task
from stacklib.batchjobs import define
from stacklib.servers import client

QUEUE_SETTINGS = {"S3HAUL_JOB_DEFINITION": "s3haul-driver-test"}
ODD_KEYS = ['a b+c%41,d"e\\f', "ünï/日本/😀", "/leading//double", "k" * 240, "what?versionId=1", "it's&=;~"]


@pytest.fixture
def start(tmp_path):
    """Starts drivers with the given environment, and stops them in the end."""
    running = []

    def run(**environment) -> DriverInEmulator:
        running.append(DriverInEmulator(tmp_path / f"driver-{len(running)}.log", **environment))
        return running[-1]

    yield run
    for driver in running:
        driver.close()


@pytest.fixture
def batch():
    """moto's AWS Batch, with a definition and a queue of the test's own."""
    moto = client("batch", os.environ["S3HAUL_TEST_MOTO"])
    define(moto, QUEUE_SETTINGS["S3HAUL_JOB_DEFINITION"], "copy", "Ref::source", "Ref::destination")
    return moto


@pytest.fixture
def job_queue(batch):
    """The queue that the stack made."""
    return batch.describe_job_queues()["jobQueues"][0]["jobQueueName"]


def test_a_small_object_is_copied_with_all_that_it_has(s3, bucket, start):
    s3.put_object(
        Bucket=bucket,
        Key="in/a.txt",
        Body=b"hello",
        ContentType="text/x-test",
        CacheControl="max-age=7",
        ContentDisposition="inline",
        ContentLanguage="de",
        Metadata={"camera": "3"},
        Tagging="team=media&kind=raw",
    )
    driver = start(S3HAUL_DESTINATION_BUCKET=bucket, S3HAUL_DESTINATION_PREFIX="out/")
    result = driver.one(event(task(bucket, "in/a.txt")))
    assert result["taskId"] == "t1"
    assert result["resultCode"] == "Succeeded", result
    copy = s3.get_object(Bucket=bucket, Key="out/in/a.txt")
    assert copy["Body"].read() == b"hello"
    assert copy["Metadata"] == {"camera": "3"}
    names = ["ContentType", "CacheControl", "ContentDisposition", "ContentLanguage"]
    assert [copy[name] for name in names] == ["text/x-test", "max-age=7", "inline", "de"]
    tags = s3.get_object_tagging(Bucket=bucket, Key="out/in/a.txt")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"team": "media", "kind": "raw"}


@pytest.mark.parametrize("key", ODD_KEYS)
def test_keys_arrive_as_they_are(s3, bucket, start, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    driver = start(S3HAUL_DESTINATION_BUCKET=bucket, S3HAUL_DESTINATION_PREFIX="out/")
    result = driver.one(event(task(bucket, key)))
    assert result["resultCode"] == "Succeeded", result
    assert s3.get_object(Bucket=bucket, Key="out/" + key)["Body"].read() == key.encode()


def test_a_folder_marker_arrives_as_one(start):
    """By moto, since SeaweedFS finds no folder markers to copy."""
    moto = client("s3", os.environ["S3HAUL_TEST_MOTO"])
    moto.create_bucket(Bucket="driver-folders")
    moto.put_object(Bucket="driver-folders", Key="folder/", Body=b"")
    driver = start(
        S3HAUL_DESTINATION_BUCKET="driver-folders",
        S3HAUL_DESTINATION_PREFIX="out/",
        AWS_ENDPOINT_URL_S3=os.environ["S3HAUL_TEST_MOTO"],
    )
    result = driver.one(event(task("driver-folders", "folder/")))
    assert result["resultCode"] == "Succeeded", result
    assert moto.head_object(Bucket="driver-folders", Key="out/folder/")["ContentLength"] == 0


def test_schema_1_and_user_arguments_and_versions(s3, bucket, start):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="a", Body=b"old")["VersionId"]
    s3.put_object(Bucket=bucket, Key="a", Body=b"new")
    marker = s3.delete_object(Bucket=bucket, Key="a")["VersionId"]
    driver = start(S3HAUL_DESTINATION_BUCKET=bucket, S3HAUL_DESTINATION_PREFIX="out/")

    first = {"taskId": "t1", "s3Key": "a", "s3VersionId": old, "s3BucketArn": f"arn:aws:s3:::{bucket}"}
    one = {"invocationSchemaVersion": "1.0", "invocationId": "i1", "job": {"id": "j1"}, "tasks": [first]}
    assert driver.one(one)["resultCode"] == "Succeeded"
    assert s3.get_object(Bucket=bucket, Key="out/a")["Body"].read() == b"old"

    gone = driver.one(event(task(bucket, "a")))
    assert gone["resultCode"] == "PermanentFailure"
    assert "404" in gone["resultString"] or "NotFound" in gone["resultString"]
    assert driver.one(event(task(bucket, "a", marker)))["resultCode"] == "PermanentFailure"

    moved = event(task(bucket, "a", old), destinationPrefix="other/", metadata="origin=test")
    assert driver.one(moved)["resultCode"] == "Succeeded"
    assert s3.head_object(Bucket=bucket, Key="other/a")["Metadata"] == {"origin": "test"}
    wrong = driver.one(event(task(bucket, "a", old), storageClass="COLD"))
    assert wrong["resultCode"] == "PermanentFailure"
    assert "storageClass" in wrong["resultString"] and "COLD" in wrong["resultString"]


def test_a_task_delivered_twice_copies_once(s3, bucket, start, faults):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    driver = start(
        S3HAUL_DESTINATION_BUCKET=bucket,
        S3HAUL_DESTINATION_PREFIX="out/",
        AWS_ENDPOINT_URL_S3=os.environ["S3HAUL_TEST_S3_PROXY"],
    )
    assert driver.one(event(task(bucket, "a")))["resultCode"] == "Succeeded"
    again = driver.one(event(task(bucket, "a")))
    assert again["resultCode"] == "Succeeded"
    assert again["resultString"].startswith(f"already at s3://{bucket}/out/a"), again
    assert faults.count("CopyObject") == 1


def test_a_large_object_becomes_a_job(s3, bucket, start, batch, job_queue):
    key = "large ü+.bin"
    s3.put_object(Bucket=bucket, Key=key, Body=bytes(1 << 20))
    driver = start(
        **QUEUE_SETTINGS,
        S3HAUL_DESTINATION_BUCKET=bucket,
        S3HAUL_DESTINATION_PREFIX="out/",
        S3HAUL_INLINE_LIMIT="1MB",
        S3HAUL_JOB_QUEUE=job_queue,
        S3HAUL_JOB_TIMEOUT="2h",
        S3HAUL_JOB_ATTEMPTS="4",
        S3HAUL_STORAGE_CLASS="STANDARD",
    )
    result = driver.one(event(task(bucket, key)))
    assert result["resultCode"] == "Succeeded", result
    job_id = result["resultString"].split("--jobs ")[1]
    (job,) = batch.describe_jobs(jobs=[job_id])["jobs"]
    assert job["jobName"].startswith("s3haul-5c2a1b1e-0f4d-4a6c-9a86-7c2f6c0d0f11-large-")
    assert job["parameters"] == {"source": f"s3://{bucket}/{key}", "destination": f"s3://{bucket}/out/{key}"}
    environment = {item["name"]: item["value"] for item in job["container"]["environment"]}
    assert environment["S3HAUL_RUN"] == "5c2a1b1e-0f4d-4a6c-9a86-7c2f6c0d0f11"
    assert environment["S3HAUL_INLINE_LIMIT"] == "1MB"
    assert job["timeout"] == {"attemptDurationSeconds": 7200}
    assert job["retryStrategy"]["attempts"] == 4


def test_an_unknown_queue_is_a_mistake(s3, bucket, start, batch):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    driver = start(
        **QUEUE_SETTINGS, S3HAUL_DESTINATION_BUCKET=f"{bucket}-2", S3HAUL_INLINE_LIMIT="0", S3HAUL_JOB_QUEUE="nowhere"
    )
    result = driver.one(event(task(bucket, "a")))
    assert result["resultCode"] == "PermanentFailure"
    assert "ClientException" in result["resultString"]


@pytest.mark.parametrize("operation", ["HeadObject", "CopyObject"])
def test_throttling_is_temporary(s3, bucket, start, faults, operation):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    faults.add({"operation": operation, "reply": {"status": 503, "code": "SlowDown", "message": "Slow down"}})
    driver = start(
        S3HAUL_DESTINATION_BUCKET=bucket,
        S3HAUL_DESTINATION_PREFIX="out/",
        AWS_ENDPOINT_URL_S3=os.environ["S3HAUL_TEST_S3_PROXY"],
        AWS_MAX_ATTEMPTS="2",
    )
    result = driver.one(event(task(bucket, "a")))
    assert result["resultCode"] == "TemporaryFailure", result


def test_an_answer_gets_out_before_the_invocation_ends(s3, bucket, start):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        driver = start(
            timeout=4,
            S3HAUL_DESTINATION_BUCKET=bucket,
            S3HAUL_DESTINATION_PREFIX="out/",
            AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{silent.getsockname()[1]}",
        )
        result = driver.one(event(task(bucket, "a")))
    assert result["resultCode"] == "TemporaryFailure", result


def test_a_wrong_setting_is_an_init_error_that_names_it(start):
    driver = start(S3HAUL_STORAGE_CLASS="COLD")
    status, answer = driver.post(json.dumps(event(task("b", "k"))).encode())
    assert status == 502
    assert json.loads(answer)["errorType"] == "Runtime.InvalidSetting"
    assert json.loads(answer)["errorMessage"].startswith('S3HAUL_STORAGE_CLASS is "COLD"; it must be one of STANDARD,')
    (line,) = driver.lines()
    assert (line["level"], line["message"]) == ("error", json.loads(answer)["errorMessage"])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, False),
        ({"S3HAUL_JOB_QUEUE": "jobs"}, True),
        ({"S3HAUL_ARCHIVE_QUEUE": "https://sqs.us-east-1.amazonaws.com/111122223333/tasks"}, True),
        ({"S3HAUL_JOB_QUEUE": "jobs", "S3HAUL_STATE": "s3://state/"}, False),
    ],
)
def test_it_says_when_work_is_handed_on_without_state(start, settings, says):
    driver = start(S3HAUL_DESTINATION_BUCKET="nowhere-to-be-found", **settings)
    driver.post(json.dumps(event(task("nowhere-to-be-found", "k"))).encode())
    lines = [line["message"] for line in driver.lines() if "S3HAUL_STATE" in line.get("message", "")]
    assert len(lines) == says


def test_every_task_is_logged_and_every_invocation_measured(s3, bucket, start):
    s3.put_object(Bucket=bucket, Key="a", Body=b"hello")
    driver = start(S3HAUL_DESTINATION_BUCKET=bucket, S3HAUL_DESTINATION_PREFIX="out/")
    results = driver.invoke(event(task(bucket, "a", name="t1"), task(bucket, "gone", name="t2")))
    assert [result["taskId"] for result in results] == ["t1", "t2"]
    good, bad, metrics = driver.lines()
    assert (good["level"], good["task_id"], good["record"]["outcome"]) == ("info", "t1", "copied")
    assert good["record"]["size"] == 5 and good["record"]["proof"]
    assert (bad["level"], bad["task_id"], bad["record"]["outcome"]) == ("error", "t2", "failed")
    (metric_set,) = metrics["_aws"]["CloudWatchMetrics"]
    assert metric_set["Namespace"] == "s3haul"
    assert all(metric["Name"] in metrics for metric in metric_set["Metrics"])
    assert (metrics["Copied"], metrics["Failed"], metrics["BytesCopied"]) == (1, 1, 5)
    assert metrics["FunctionName"] == "s3haul-driver"


def test_outside_of_lambda_it_says_so():
    environment = {name: value for name, value in os.environ.items() if name != "AWS_LAMBDA_RUNTIME_API"}
    ended = subprocess.run([PROGRAMS / "bootstrap"], env=environment, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert "AWS_LAMBDA_RUNTIME_API" in ended.stderr and ended.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [["bootstrap"], ["s3haul", "copy", "s3://bucket/a", "s3://bucket/b"]])
def test_a_libcrypto_without_sha256_is_one_line(tmp_path, words):
    lines = ["openssl_conf = a", "[a]", "providers = b", "[b]", "legacy = c", "[c]", "activate = 1"]
    (tmp_path / "openssl.cnf").write_text("\n".join(lines) + "\n")
    environment = {**os.environ, "OPENSSL_CONF": str(tmp_path / "openssl.cnf"), "AWS_LAMBDA_RUNTIME_API": "127.0.0.1"}
    command = [PROGRAMS / words[0], *words[1:]]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2, ended.stderr
    assert "OPENSSL_CONF" in ended.stderr and ended.stderr.count("\n") == 1


def test_sigterm_ends_it_at_once():
    with socket.create_server(("127.0.0.1", 0)) as runtime_api:
        environment = {**os.environ, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime_api.getsockname()[1]}"}
        driver = subprocess.Popen([PROGRAMS / "bootstrap"], env=environment)
        connection, _ = runtime_api.accept()
        assert connection.recv(4096).startswith(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n")
        asked = time.monotonic()
        driver.send_signal(signal.SIGTERM)
        assert driver.wait(timeout=10) == 0
        assert time.monotonic() - asked < 2
        connection.close()
