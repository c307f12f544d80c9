"""s3haul dispatch against a function that answers as told."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import time

import pytest
from conftest import PROGRAMS
from lambda_double import LambdaDouble
from waiting import wait_until

ODD_KEYS = ["plain", "a b", "a+b", "100%", "a,b", 'q"uote', "é/ü", "/lead", "back\\slash", "dir/", "日本 📦"]


@pytest.fixture
def function():
    double = LambdaDouble()
    yield double
    double.close()


@pytest.fixture
def state(tmp_path):
    return {"XDG_STATE_HOME": str(tmp_path / "state")}


def manifest_of(tmp_path, keys, bucket="photos"):
    path = tmp_path / "keys.jsonl"
    path.write_text("".join(json.dumps({"bucket": bucket, "key": key}) + "\n" for key in keys))
    return str(path)


def test_every_key_arrives_as_it_is(s3haul, function, tmp_path, state):
    manifest = manifest_of(tmp_path, ODD_KEYS)
    done = s3haul("dispatch", "--manifest", manifest, "--lambda-endpoint", function.url, "--output", "json", **state)
    assert done.returncode == 0, done.stderr
    assert function.keys == ODD_KEYS
    assert json.loads(done.stdout)["succeeded"] == len(ODD_KEYS)
    (event, *_) = function.events
    assert event["invocationSchemaVersion"] == "1.0"
    assert event["tasks"][0]["s3BucketArn"] == "arn:aws:s3:::photos"
    assert event["tasks"][0]["s3VersionId"] is None


def test_a_dry_run_invokes_nothing(s3haul, function, tmp_path, state):
    arguments = ["--manifest", manifest_of(tmp_path, ODD_KEYS), "--lambda-endpoint", function.url]
    done = s3haul("dispatch", *arguments, "--dry-run", **state)
    assert done.returncode == 0, done.stderr
    assert f"would invoke the function for {len(ODD_KEYS)} tasks" in done.stdout
    assert function.events == []
    assert not (tmp_path / "state").exists()


def test_user_arguments_make_it_schema_2(s3haul, function, tmp_path, state):
    arguments = ["--manifest", manifest_of(tmp_path, ["k"]), "--lambda-endpoint", function.url]
    done = s3haul("dispatch", *arguments, "--user-argument", "storageClass=STANDARD_IA", **state)
    assert done.returncode == 0, done.stderr
    (event,) = function.events
    assert event["invocationSchemaVersion"] == "2.0"
    assert event["job"]["userArguments"] == {"storageClass": "STANDARD_IA"}
    assert event["tasks"][0]["s3Bucket"] == "photos"


def test_report_and_redrives(s3haul, function, tmp_path, state):
    answers = {"bad": ("PermanentFailure", 'no "such" thing'), "good": ("Succeeded", "fine, really")}
    function.answer = lambda task, attempt: (
        ("TemporaryFailure", "later") if attempt == 1 and task["s3Key"] == "good" else answers[task["s3Key"]]
    )
    report = tmp_path / "report"
    arguments = ["--manifest", manifest_of(tmp_path, ["good", "bad"]), "--lambda-endpoint", function.url]
    done = s3haul("dispatch", *arguments, "--report", str(report), "--run", "run-1", **state)
    assert done.returncode == 1, done.stderr
    assert "1 succeeded, 1 failed, 3 invocations" in done.stdout
    manifest = json.loads((report / "job-run-1/manifest.json").read_text())
    assert manifest["Format"] == "Report_CSV_20180820"
    rows = {}
    for result in manifest["Results"]:
        content = (report / result["Key"]).read_bytes()
        assert hashlib.md5(content).hexdigest() == result["MD5Checksum"]
        rows[result["TaskExecutionStatus"]] = list(csv.reader(content.decode().splitlines()))
    assert rows["succeeded"] == [["photos", "good", "", "succeeded", "200", "", "fine, really"]]
    assert rows["failed"] == [["photos", "bad", "", "failed", "200", "PermanentFailure", 'no "such" thing']]


def test_report_in_s3(s3, s3haul, function, bucket, tmp_path, state):
    arguments = ["--manifest", manifest_of(tmp_path, ["k"]), "--lambda-endpoint", function.url]
    done = s3haul("dispatch", *arguments, "--report", f"s3://{bucket}/reports", "--run", "r", **state)
    assert done.returncode == 0, done.stderr
    manifest = json.load(s3.get_object(Bucket=bucket, Key="reports/job-r/manifest.json")["Body"])
    (result,) = manifest["Results"]
    assert result["Bucket"] == bucket
    content = s3.get_object(Bucket=bucket, Key=result["Key"])["Body"].read()
    assert content == b'photos,k,,succeeded,200,,"done"\n'


def test_interrupted_it_goes_on_where_it_was(s3haul, function, tmp_path, state):
    keys = [f"k{n}" for n in range(200)]

    def slowly(task, attempt):
        time.sleep(0.02)
        return "Succeeded", "done"

    function.answer = slowly
    arguments = ["dispatch", "--manifest", manifest_of(tmp_path, keys), "--lambda-endpoint", function.url]
    process = subprocess.Popen(
        [PROGRAMS / "s3haul", *arguments], env={**os.environ, **state}, stdout=subprocess.PIPE, text=True
    )
    wait_until(lambda: len(function.keys) >= 50, process)
    process.send_signal(signal.SIGINT)
    summary, _ = process.communicate(timeout=10)
    assert process.returncode == 75
    assert "Interrupted" in summary
    before = len(function.keys)
    plan = json.loads(s3haul(*arguments, "--dry-run", "--output", "json", **state).stdout)
    assert (plan["status"], plan["tasks"], len(function.keys)) == ("Planned", 200, before)
    assert plan["resumed"] >= before - 1
    done = s3haul(*arguments, "--output", "json", **state)
    assert done.returncode == 0, done.stderr
    assert set(function.keys) == set(keys)
    assert len(function.keys) - 200 <= 1, "only the task that was under way is invoked twice"
    assert json.loads(done.stdout)["resumed"] >= before - 1


def test_killed_it_loses_no_task(s3haul, function, tmp_path, state):
    keys = [f"k{n}" for n in range(100)]
    arguments = ["dispatch", "--manifest", manifest_of(tmp_path, keys), "--lambda-endpoint", function.url]
    process = subprocess.Popen([PROGRAMS / "s3haul", *arguments], env={**os.environ, **state}, text=True)
    wait_until(lambda: len(function.keys) >= 20, process)
    process.kill()
    process.wait()
    done = s3haul(*arguments, **state)
    assert done.returncode == 0, done.stderr
    assert set(function.keys) == set(keys)


def test_nobody_answers(s3haul, tmp_path, state):
    done = s3haul(
        "dispatch", "--manifest", manifest_of(tmp_path, ["k"]), "--lambda-endpoint", "http://127.0.0.1:1", **state
    )
    assert done.returncode == 75
    assert "http://127.0.0.1:1" in done.stderr
    assert "0 succeeded, 0 failed" in done.stdout


def test_an_ambiguous_manifest_names_the_flag(s3haul, function, tmp_path, state):
    manifest = tmp_path / "m.csv"
    manifest.write_text("index.php,3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrH\n")
    done = s3haul("dispatch", "--manifest", str(manifest), "--lambda-endpoint", function.url, **state)
    assert done.returncode == 2
    assert "--manifest-format" in done.stderr
    assert function.events == []
