"""s3haul copy against a real server, with boto3 as the witness."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import uuid

import boto3
import pytest
from conftest import ODD_KEYS, PROGRAMS
from stacklib.servers import client
from waiting import wait_until


@pytest.fixture
def other(s3):
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


def records(process: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in process.stdout.splitlines()]


def keys(s3, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return sorted(o["Key"] for page in pages for o in page.get("Contents", []))


def test_one_object_with_everything_it_has(s3, s3haul, bucket, other):
    s3.put_object(
        Bucket=bucket, Key="k", Body=b"hello", ContentType="text/x-odd", CacheControl="max-age=1",
        ContentDisposition="attachment", ContentLanguage="de", Metadata={"camera": "3"}, Tagging="team=media&kind=raw",
    )  # fmt: skip
    done = s3haul("copy", f"s3://{bucket}/k", f"s3://{other}/copy", "--output", "json")
    assert done.returncode == 0, done.stderr
    (record,) = records(done)
    assert (record["outcome"], record["proof"]) == ("copied", "etag")
    head = s3.head_object(Bucket=other, Key="copy")
    assert head["ContentType"] == "text/x-odd"
    assert head["CacheControl"] == "max-age=1"
    assert head["ContentDisposition"] == "attachment"
    assert head["ContentLanguage"] == "de"
    assert head["Metadata"] == {"camera": "3"}
    tags = s3.get_object_tagging(Bucket=other, Key="copy")["TagSet"]
    assert {t["Key"]: t["Value"] for t in tags} == {"team": "media", "kind": "raw"}
    again = s3haul("copy", f"s3://{bucket}/k", f"s3://{other}/copy", "--output", "json")
    assert records(again)[0]["outcome"] == "unchanged"


def test_a_version_that_is_not_the_current_one(s3, s3haul, bucket, other):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"new")
    done = s3haul("copy", f"s3://{bucket}/k?versionId={old}", f"s3://{other}/k")
    assert done.returncode == 0, done.stderr
    assert s3.get_object(Bucket=other, Key="k")["Body"].read() == b"old"


def test_an_object_of_several_parts(s3, s3haul, bucket, other):
    part = os.urandom(5 << 20)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big", Metadata={"a": "b"})["UploadId"]
    etags = [
        s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=n, Body=body)["ETag"]
        for n, body in enumerate([part, part, b"end"], 1)
    ]
    s3.complete_multipart_upload(
        Bucket=bucket, Key="big", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": n, "ETag": e} for n, e in enumerate(etags, 1)]},
    )  # fmt: skip
    done = s3haul("copy", f"s3://{bucket}/big", f"s3://{other}/big", "--inline-limit", "1MiB", "--output", "json")
    assert done.returncode == 0, done.stderr
    (record,) = records(done)
    assert record["outcome"] == "copied"
    assert record["parts"] > 1
    assert s3.get_object(Bucket=other, Key="big")["Body"].read() == part + part + b"end"
    assert s3.head_object(Bucket=other, Key="big")["Metadata"] == {"a": "b"}
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=other)


def test_a_prefix_with_odd_keys(s3, s3haul, bucket, other):
    for n, key in enumerate(ODD_KEYS):
        s3.put_object(Bucket=bucket, Key=f"p/{key}", Body=b"x" * n)
    s3.put_object(Bucket=bucket, Key="outside", Body=b"")
    planned = s3haul("copy", "--recursive", "--dry-run", f"s3://{bucket}/p/", f"s3://{other}/q")
    assert planned.returncode == 0, planned.stderr
    assert f"s3://{bucket}/p/plain -> s3://{other}/q/plain\n" in planned.stdout
    assert keys(s3, other) == []
    done = s3haul("copy", "--recursive", f"s3://{bucket}/p/", f"s3://{other}/q")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"copied {len(ODD_KEYS)} objects")
    assert keys(s3, other) == sorted(f"q/{key}" for key in ODD_KEYS)
    for key in ODD_KEYS:
        source, copy = (s3.head_object(Bucket=b, Key=k) for b, k in [(bucket, f"p/{key}"), (other, f"q/{key}")])
        assert (source["ETag"], source["ContentLength"]) == (copy["ETag"], copy["ContentLength"])


def test_a_second_run_copies_nothing_again(s3haul):
    """On moto: SeaweedFS lists a bucket with versions in an order of its own."""
    moto = os.environ["S3HAUL_TEST_MOTO"]
    s3 = boto3.client("s3", endpoint_url=moto)
    bucket, other = (f"test-{uuid.uuid4().hex[:12]}" for _ in range(2))
    s3.create_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=other)
    s3.put_bucket_versioning(Bucket=other, VersioningConfiguration={"Status": "Enabled"})
    for n, key in enumerate(ODD_KEYS):
        s3.put_object(Bucket=bucket, Key=f"p/{key}", Body=b"x" * n)
    command = ["copy", "--recursive", f"s3://{bucket}/p/", f"s3://{other}/q", "--output", "json"]
    first = s3haul(*command, AWS_ENDPOINT_URL_S3=moto)
    assert first.returncode == 0, first.stderr
    s3.put_object(Bucket=other, Key="q/of-someone-else", Body=b"y")
    s3.put_object(Bucket=bucket, Key="p/plain", Body=b"another size")
    again = s3haul(*command, AWS_ENDPOINT_URL_S3=moto)
    assert again.returncode == 0, again.stderr
    outcomes = {r["source"]["key"]: r["outcome"] for r in records(again)}
    assert outcomes == {f"p/{key}": "copied" if key == "plain" else "unchanged" for key in ODD_KEYS}
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=other)
    versions = [v["Key"] for page in pages for v in page.get("Versions", [])]
    assert sorted(versions) == sorted([f"q/{key}" for key in ODD_KEYS] + ["q/of-someone-else", "q/plain"])


@pytest.mark.parametrize(("flags", "is_kept"), [([], False), (["--fidelity", "full"], True)])
def test_a_redirect_is_asked_for_where_that_is_wanted(s3haul, flags, is_kept):
    """By moto, which keeps a website redirect."""
    moto = os.environ["S3HAUL_TEST_MOTO"]
    s3 = client("s3", moto)
    bucket, other = (f"test-{uuid.uuid4().hex[:12]}" for _ in range(2))
    for name in (bucket, other):
        s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=bucket, Key="p/k", Body=b"x", WebsiteRedirectLocation="/elsewhere")
    done = s3haul("copy", "--recursive", *flags, f"s3://{bucket}/p/", f"s3://{other}/p/", AWS_ENDPOINT_URL_S3=moto)
    assert done.returncode == 0, done.stderr
    assert (s3.head_object(Bucket=other, Key="p/k").get("WebsiteRedirectLocation") == "/elsewhere") == is_kept


@pytest.mark.parametrize(
    ("has_locks", "flags", "is_asked"),
    [(True, [], True), (True, ["--fidelity", "listed"], False), (False, [], False)],
)
def test_locks_are_asked_for_where_there_may_be_some(s3, s3haul, faults, has_locks, flags, is_asked):
    """By the requests: SeaweedFS, other than S3, copies a lock that no request asks for."""
    bucket, other = (f"test-{uuid.uuid4().hex[:12]}" for _ in range(2))
    for name in (bucket, other):
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=has_locks)
    hold = {"ObjectLockLegalHoldStatus": "ON"} if has_locks else {}
    s3.put_object(Bucket=bucket, Key="p/k", Body=b"x", **hold)
    places = [f"s3://{name}/p/" for name in (bucket, other)]
    done = s3haul("copy", "--recursive", *flags, *places, AWS_ENDPOINT_URL_S3=os.environ["S3HAUL_TEST_S3_PROXY"])
    assert done.returncode == 0, done.stderr
    (copy,) = [r for r in faults.requests()["requests"] if r["operation"] == "CopyObject"]
    assert copy["headers"].get("x-amz-object-lock-legal-hold") == ("ON" if is_asked else None)
    assert faults.count("HeadObject") == (2 if is_asked else 0)


def test_what_may_not_be_asked_for_is_said(s3, s3haul, bucket, other, faults):
    s3.put_object(Bucket=bucket, Key="p/k", Body=b"x")
    refused = {"status": 403, "code": "AccessDenied", "message": "Access Denied"}
    faults.add({"operation": "GetObjectLockConfiguration", "reply": refused})
    proxy = os.environ["S3HAUL_TEST_S3_PROXY"]
    done = s3haul("copy", "--recursive", f"s3://{bucket}/p/", f"s3://{other}/p/", AWS_ENDPOINT_URL_S3=proxy)
    assert done.returncode == 0, done.stderr
    assert "allow s3:GetBucketObjectLockConfiguration" in done.stderr
    assert keys(s3, other) == ["p/k"]


def test_a_manifest_and_its_records(s3, s3haul, bucket, other, tmp_path):
    for key in ["a b", "c"]:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"{bucket},a+b\r\n{bucket},missing\r\n\r\n{bucket},c")
    written = tmp_path / "records.jsonl"
    done = s3haul("copy", "--manifest", str(manifest), f"s3://{other}/x/", "--records", str(written))
    assert done.returncode == 1
    assert f"s3://{bucket}/missing" in done.stderr
    outcomes = {r["source"]["key"]: r["outcome"] for r in map(json.loads, written.read_text().splitlines())}
    assert outcomes == {"a b": "copied", "missing": "failed", "c": "copied"}
    assert keys(s3, other) == ["x/a b", "x/c"]


def test_a_manifest_and_records_in_s3(s3, s3haul, bucket, other):
    s3.put_object(Bucket=bucket, Key="k", Body=b"k")
    s3.put_object(Bucket=bucket, Key="m.csv", Body=f"{bucket},k\n".encode())
    done = s3haul("copy", "--manifest", f"s3://{bucket}/m.csv", f"s3://{other}", "--records", f"s3://{bucket}/r.jsonl")
    assert done.returncode == 0, done.stderr
    lines = s3.get_object(Bucket=bucket, Key="r.jsonl")["Body"].read().splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["copied"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["copy"], "arguments are missing"),
        (["coyp"], "did you mean 'copy'?"),
        (["copy", "s3://b/k", "s3://c/k", "--recursiv"], "did you mean --recursive?"),
        (["copy", "s3://no-such-bucket-here/p/", "s3://c/k"], "NoSuchBucket"),
        (["copy", "--manifest", "/does/not/exist", "s3://b"], "No such file"),
        (["copy", "--manifest", "s3://no-such-bucket-here/m", "s3://b"], "NoSuchBucket"),
        (["copy", "s3://b/k", "s3://c/k", "--part-size", "many"], "--part-size"),
    ],
)
def test_wrong_input_is_one_line(s3haul, arguments, says):
    if "NoSuchBucket" in says and "--manifest" not in arguments:
        arguments = [arguments[0], "--recursive", *arguments[1:]]
    done = s3haul(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_what_programs_read_is_json_line_by_line(s3, s3haul, bucket, other, tmp_path):
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    manifest = tmp_path / "m.csv"
    manifest.write_text(f"{bucket},a\n{bucket},missing\n")
    done = s3haul("copy", "--manifest", str(manifest), f"s3://{other}/", "--output", "json", "--verbose")
    assert done.returncode == 1
    said = [json.loads(line) for line in done.stderr.splitlines()]
    assert {line["level"] for line in said} == {"info", "error"}
    assert any("CopyObject" in line["message"] for line in said)
    (failure,) = [line["message"] for line in said if line["level"] == "error"]
    assert f"s3://{bucket}/missing" in failure
    assert {record["outcome"] for record in records(done)} == {"copied", "failed"}
    wrong = s3haul("copy", f"s3://{bucket}/a", "nowhere", "--output", "json")
    assert (wrong.returncode, json.loads(wrong.stderr)["level"]) == (2, "error")


def test_help_needs_no_server_and_a_closed_pipe_is_no_failure(s3haul):
    assert "s3haul copy --recursive" in s3haul("help", "copy").stdout
    assert s3haul("copy", "--help").stdout == s3haul("help", "copy").stdout
    assert s3haul("version").stdout.startswith("s3haul ")
    command = f"'{PROGRAMS / 's3haul'}' help dispatch; echo $? >&2"
    piped = subprocess.run(["bash", "-c", f"({command}) | true"], capture_output=True, text=True, check=False)
    assert piped.stderr.strip() == "0"


def test_sigterm_stops_it_and_the_same_command_goes_on(s3, faults, bucket, other):
    for n in range(300):
        s3.put_object(Bucket=bucket, Key=f"k{n:03}", Body=b"x")
    faults.add({"operation": "CopyObject", "delay": 0.2})
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
    records = f"s3://{bucket}-records/r/"
    s3.create_bucket(Bucket=f"{bucket}-records")
    command = [PROGRAMS / "s3haul", "copy", "--recursive", "--concurrency", "4", f"s3://{bucket}/", f"s3://{other}/"]
    command += ["--records", records, "--run", "night"]
    job = {"AWS_BATCH_JOB_ID": "job", "AWS_BATCH_JOB_ATTEMPT": "1", "AWS_EC2_METADATA_DISABLED": "true"}
    process = subprocess.Popen(
        command, env=environment | job, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_until(lambda: keys(s3, other), process)
    process.send_signal(signal.SIGTERM)
    started = time.monotonic()
    _, messages = process.communicate(timeout=30)
    assert process.returncode == 75, messages
    assert time.monotonic() - started < 5
    assert "stopped by SIGTERM" in messages
    assert 0 < len(keys(s3, other)) < 300
    body = s3.get_object(Bucket=f"{bucket}-records", Key="r/night/job-1.jsonl")["Body"].read()
    outcomes = {r["source"]["key"]: r["outcome"] for r in map(json.loads, body.splitlines())}
    assert {key for key, outcome in outcomes.items() if outcome == "copied"} <= set(keys(s3, other)) <= outcomes.keys()
    faults.clear()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert len(keys(s3, other)) == 300
