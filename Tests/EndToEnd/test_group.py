"""s3haul group: inventories, manifests and listings become bundle manifests."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import inventory
import pytest
from conftest import PROGRAMS
from inventory import VERSIONS, row
from lambda_double import LambdaDouble
from queue_double import QueueDouble
from stacklib.servers import client
from waiting import wait_until

ODD_KEYS = [
    "a b", "a+b", "100%", "a,b", 'q"uote', "é/ü", "/lead", "back\\slash", "dir/", "日本 📦", "new\nline", "%41",
]  # fmt: skip


def manifests(folder: Path) -> dict[str, list[dict]]:
    return {path.name: [json.loads(line) for line in path.open()] for path in sorted(folder.glob("*.jsonl"))}


def keys(groups: dict[str, list[dict]]) -> list[list[str]]:
    return [[row["key"] for row in rows] for rows in groups.values()]


def test_an_inventory_on_disk(s3haul, tmp_path):
    """What s3grouper makes of an inventory: every key as it is, no group over a threshold, no empty one at the end."""
    path = inventory.write(tmp_path, [row(key, 3) for key in ODD_KEYS[:6]], [row(key, 3) for key in ODD_KEYS[6:]])
    done = s3haul("group", "--manifest", str(path), "--to", str(tmp_path / "out"), "--group-count", "4")
    assert done.returncode == 0, done.stderr
    groups = manifests(tmp_path / "out")
    assert list(groups) == [f"photos_00000{n}.jsonl" for n in (1, 2, 3)]
    assert keys(groups) == [ODD_KEYS[0:4], ODD_KEYS[4:8], ODD_KEYS[8:12]]
    assert groups["photos_000001.jsonl"][0] == {
        "bucket": "photos",
        "key": "a b",
        "size": 3,
        "etag": inventory.row("a b")["ETag"],
        "last_modified": "2026-01-05T10:00:00.000Z",
        "storage_class": "STANDARD",
    }
    assert "3 groups of 12 objects, 36 B" in done.stdout
    assert (tmp_path / "out/manifests-0001.txt").read_text().splitlines() == [
        str(tmp_path / "out" / name) for name in groups
    ]


def test_an_inventory_in_s3(s3, s3haul, bucket, tmp_path):
    """The names hold characters that s3grouper's own parsing cuts off."""
    inventory.write(tmp_path, [row(key) for key in ODD_KEYS], bucket=bucket)
    address = inventory.upload(s3, bucket, tmp_path)
    done = s3haul("group", "--manifest", address, "--to", f"s3://{bucket}/out?#x", "--group-count", "8")
    assert done.returncode == 0, done.stderr
    found = [e["Key"] for e in s3.list_objects_v2(Bucket=bucket, Prefix="out")["Contents"]]
    assert found == [
        "out?#x/grouping.json", "out?#x/manifests-0001.txt", "out?#x/photos_000001.jsonl", "out?#x/photos_000002.jsonl"
    ]  # fmt: skip
    lines = [
        json.loads(line)
        for key in found[2:]
        for line in s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()
    ]
    assert [line["key"] for line in lines] == ODD_KEYS
    listed = s3.get_object(Bucket=bucket, Key=found[1])["Body"].read().decode().splitlines()
    assert listed == [f"s3://{bucket}/{key}" for key in found[2:]]


def test_a_manifest_that_was_copied_to_another_bucket(s3, s3haul, bucket, archives, tmp_path):
    """s3grouper looks for the rows where the manifest is, whatever destinationBucket says."""
    path = inventory.write(tmp_path, [row("k")], bucket=bucket)
    inventory.upload(s3, bucket, tmp_path)
    for name in ["manifest.json", "manifest.checksum"]:
        s3.put_object(Bucket=archives, Key=f"copies/{name}", Body=(path.parent / name).read_bytes())
    done = s3haul("group", "--manifest", f"s3://{archives}/copies/manifest.json", "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert keys(manifests(tmp_path / "out")) == [["k"]]


def test_versions_and_delete_markers(s3haul, tmp_path):
    rows = [
        row("k", 5, VersionId="v2"),
        row("k", 4, VersionId="", IsLatest="false"),
        row("gone", "", VersionId="v3", IsDeleteMarker="true", ETag="", StorageClass=""),
        row("cold", 9, VersionId="v4", StorageClass="DEEP_ARCHIVE"),
    ]
    path = inventory.write(tmp_path, rows, columns=[*VERSIONS, "IntelligentTieringAccessTier"])
    current = s3haul("group", "--manifest", str(path), "--to", str(tmp_path / "current"), "--output", "json")
    assert current.returncode == 0, current.stderr
    assert json.loads(current.stdout)["totals"]["skipped"] == {"archived": 1, "delete_marker": 1, "not_current": 1}
    assert [r["version_id"] for rows in manifests(tmp_path / "current").values() for r in rows] == ["v2"]
    every = s3haul("group", "--manifest", str(path), "--versions", "--to", str(tmp_path / "all"))
    assert [r["version_id"] for rows in manifests(tmp_path / "all").values() for r in rows] == ["v2", "null"]
    assert "1 delete markers" in every.stdout and "1 in GLACIER or DEEP_ARCHIVE" in every.stdout
    cold = s3haul("group", "--manifest", str(path), "--source-class", "DEEP_ARCHIVE", "--to", str(tmp_path / "cold"))
    assert cold.returncode == 0, cold.stderr
    assert keys(manifests(tmp_path / "cold")) == [["cold"]]


def test_one_row_leaves_nothing_behind_for_the_next(s3haul, tmp_path):
    """s3grouper lets the row behind a wrong one into the manifest."""
    rows = [row("other/x", StorageClass="STANDARD"), row("inc/y", StorageClass="GLACIER"), row("inc/z")]
    path = inventory.write(tmp_path, rows)
    done = s3haul("group", "--manifest", str(path), "--prefix", "inc/", "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert keys(manifests(tmp_path / "out")) == [["inc/z"]]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["--prefix", "raw/ü "], ["raw/ü x.dng"]),
        (["--match", "**.dng", "--match", "m?v"], ["raw/ü x.dng", "mov"]),
        (["--min-object-size", "1KiB"], ["large"]),
        (["--max-object-size", "0"], ["empty"]),
        (["--older-than", "1d"], ["raw/ü x.dng", "mov", "large", "empty"]),
        (["--newer-than", "1d"], []),
    ],
)
def test_filters(s3haul, tmp_path, flags, expected):
    path = inventory.write(tmp_path, [row("raw/ü x.dng"), row("mov"), row("large", 1024), row("empty", 0)])
    done = s3haul("group", "--manifest", str(path), "--to", str(tmp_path / "out"), *flags)
    assert done.returncode == 0, done.stderr
    assert [key for group in keys(manifests(tmp_path / "out")) for key in group] == expected
    if not expected:
        assert "nothing to group: of 4 rows none is taken" in done.stdout


def test_days_of_keys(s3haul, tmp_path):
    """s3compressor takes `DD-old/` for the day, and stumbles over short keys."""
    wanted = ["sources/2017/02/10/0/6/x.xml", "sources/2017/02/11/a", "sources/2017/02/10-old/x", "short"]
    path = inventory.write(tmp_path, [row(key) for key in wanted])
    done = s3haul("group", "--manifest", str(path), "--by", "key-day", "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert {name: [r["key"] for r in rows] for name, rows in manifests(tmp_path / "out").items()} == {
        "photos_2017-02-10_000001.jsonl": wanted[:1],
        "photos_2017-02-11_000002.jsonl": wanted[1:2],
        "photos_undated_000003.jsonl": wanted[2:],
    }


def test_a_manifest_of_named_columns(s3haul, tmp_path):
    """S3Bundler's --fieldnames."""
    (tmp_path / "m.csv").write_text("7,me,photos,a+b%2Cc\n9,you,photos,d\n")
    columns = ["--manifest-format", "Size,Owner,Bucket,Key"]
    done = s3haul("group", "--manifest", str(tmp_path / "m.csv"), *columns, "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert [(r["key"], r["size"]) for rows in manifests(tmp_path / "out").values() for r in rows] == [
        ("a b,c", 7),
        ("d", 9),
    ]


@pytest.mark.parametrize("content", ["", None], ids=["manifest", "inventory"])
def test_empty_input_is_a_sentence(s3haul, tmp_path, content):
    path = tmp_path / "m.csv"
    if content is None:
        path = inventory.write(tmp_path, [])
    else:
        path.write_text(content)
    done = s3haul("group", "--manifest", str(path), "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "there is nothing to group: the input has no objects\n"
    assert manifests(tmp_path / "out") == {}


def damage_rows(path: Path) -> None:
    data = path.parent.parent / "data/0.csv.gz"
    data.write_bytes(data.read_bytes()[:-1] + b"\1")


def damage_manifest(path: Path) -> None:
    path.write_text(path.read_text().replace('"2016-11-30"', '"2016-11-31"'))


def cut_off_rows(path: Path) -> None:
    data = path.parent.parent / "data/0.csv.gz"
    data.write_bytes(data.read_bytes()[:-9])


def damage_checksum(path: Path) -> None:
    (path.parent / "manifest.checksum").write_text("no digest at all\n")


def cut_off_checksum(path: Path) -> None:
    checksum = path.parent / "manifest.checksum"
    checksum.write_text(checksum.read_text()[:-1])


def empty_checksum(path: Path) -> None:
    (path.parent / "manifest.checksum").write_text("")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (damage_rows, "0.csv.gz"),
        (cut_off_rows, "0.csv.gz: its MD5 is"),
        (damage_manifest, "manifest.checksum"),
        (damage_checksum, "manifest.checksum: it is no MD5 of 32 hexadecimal digits"),
        (cut_off_checksum, "manifest.checksum: it is no MD5 of 32 hexadecimal digits"),
        (empty_checksum, "manifest.checksum: it is no MD5 of 32 hexadecimal digits"),
    ],
)
def test_a_damaged_inventory_is_refused(s3haul, tmp_path, damage, says):
    path = inventory.write(tmp_path, [row(f"k{n}") for n in range(100)])
    damage(path)
    done = s3haul("group", "--manifest", str(path), "--to", str(tmp_path / "out"))
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.splitlines()) == 1
    document = tmp_path / "out/grouping.json"
    assert not document.exists() or "totals" not in json.loads(document.read_text())


def test_an_inventory_without_its_checksum_is_read_and_that_is_said(s3haul, s3, bucket, tmp_path):
    path = inventory.write(tmp_path, [row("k")], bucket=bucket)
    (path.parent / "manifest.checksum").unlink()
    address = inventory.upload(s3, bucket, tmp_path)
    for number, manifest in enumerate([str(path), address]):
        out = tmp_path / f"out{number}"
        done = s3haul("group", "--manifest", manifest, "--to", str(out))
        assert done.returncode == 0, done.stderr
        assert keys(manifests(out)) == [["k"]]
        assert f"{manifest}: there is no manifest.checksum beside it" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_again_is_the_same_and_another_is_refused(s3haul, tmp_path):
    """s3grouper leaves old manifests beside those of other thresholds."""
    path = inventory.write(tmp_path, [row(f"k{n}") for n in range(10)])
    command = ["group", "--manifest", str(path), "--to", str(tmp_path / "out"), "--older-than", "1d"]
    first = s3haul(*command, "--group-count", "4")
    assert first.returncode == 0, first.stderr
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "out").iterdir()}
    again = s3haul(*command, "--group-count", "4")
    assert again.returncode == 0, again.stderr
    assert "all of it was there already" in again.stdout
    assert before == {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "out").iterdir()}
    other = s3haul(*command, "--group-count", "5")
    assert other.returncode == 2
    assert "another grouping, of up to 4 objects" in other.stderr and "--to" in other.stderr
    inventory.write(tmp_path, [row("k")])
    changed = s3haul(*command, "--group-count", "4")
    assert changed.returncode == 2
    assert "as it was before it changed" in changed.stderr


def test_manifests_of_unknown_origin_are_not_added_to(s3haul, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/photos_000001.jsonl").write_text("{}\n")
    done = s3haul("group", "--manifest", "-", "--to", str(tmp_path / "out"))
    assert done.returncode == 2
    assert "grouping.json" in done.stderr


def test_a_dry_run_writes_nothing(s3haul, tmp_path):
    path = inventory.write(tmp_path, [row(f"k{n}") for n in range(10)])
    done = s3haul("group", "--manifest", str(path), "--to", str(tmp_path / "out"), "--group-count", "4", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "3 groups of 10 objects, 10 B, would be written" in done.stdout
    assert not (tmp_path / "out").exists()


def test_killed_it_goes_on(s3, s3haul, bucket, faults, tmp_path):
    """Killed between two manifests, the same command makes the rest, and none twice."""
    path = inventory.write(tmp_path, [row(f"k{n:04}") for n in range(1_000)])
    command = ["group", "--manifest", str(path), "--to", f"s3://{bucket}/g/", "--group-count", "2"]
    environment = {**os.environ, "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
    process = subprocess.Popen([PROGRAMS / "s3haul", *command], env=environment)
    wait_until(lambda: faults.count("PutObject") >= 30, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {e["Key"]: e["LastModified"] for e in s3.list_objects_v2(Bucket=bucket, Prefix="g/photos")["Contents"]}
    assert 0 < len(before) < 500
    done = s3haul(*command, "--output", "json")
    assert done.returncode == 0, done.stderr
    in_flight = 3
    assert len(before) <= json.loads(done.stdout)["unchanged"] <= len(before) + in_flight
    after = {e["Key"]: e["LastModified"] for e in s3.list_objects_v2(Bucket=bucket, Prefix="g/photos")["Contents"]}
    assert len(after) == 500
    assert before.items() <= after.items()
    wanted = {f"k{n:04}" for n in range(1_000)}
    for key in after:
        for line in s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines():
            wanted.remove(json.loads(line)["key"])
    assert not wanted


def test_a_listing_that_changed_is_no_mixture(s3, s3haul, bucket, tmp_path):
    """A run that was cut off does not put groups of a changed bucket beside those of before."""
    for n in range(4):
        s3.put_object(Bucket=bucket, Key=f"in/{n}", Body=b"x")
    command = ["group", f"s3://{bucket}/in/", "--to", f"s3://{bucket}/g/", "--group-count", "2"]
    assert s3haul(*command).returncode == 0
    document = json.load(s3.get_object(Bucket=bucket, Key="g/grouping.json")["Body"])
    del document["totals"]
    s3.put_object(Bucket=bucket, Key="g/grouping.json", Body=json.dumps(document))
    s3.put_object(Bucket=bucket, Key="in/1", Body=b"yy")
    done = s3haul(*command)
    assert done.returncode == 2
    assert "what is grouped has changed" in done.stderr


def test_a_listing_of_versions(s3, s3haul, bucket, tmp_path):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket=bucket, Key="k", Body=body)["VersionId"] for body in (b"a", b"bb")]
    s3.delete_object(Bucket=bucket, Key="k")
    done = s3haul("group", f"s3://{bucket}/", "--versions", "--to", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    (rows,) = manifests(tmp_path / "out").values()
    assert [(r["version_id"], r["size"]) for r in rows] == [(ids[1], 2), (ids[0], 1)]
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", r["last_modified"]) for r in rows)
    current = s3haul("group", f"s3://{bucket}/", "--to", str(tmp_path / "current"))
    assert "there is nothing to group" in current.stdout


@pytest.fixture
def queue():
    sqs = client("sqs", os.environ["S3HAUL_TEST_MOTO"])
    url = sqs.create_queue(QueueName=f"group-{time.monotonic_ns()}")["QueueUrl"]
    yield sqs, url
    sqs.delete_queue(QueueUrl=url)


def received(sqs, url: str) -> list[dict]:
    messages = []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        messages += [json.loads(message["Body"]) for message in batch]
        for message in batch:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return messages


def test_a_message_for_each_manifest_once(s3haul, bucket, queue, tmp_path):
    sqs, url = queue
    path = inventory.write(tmp_path, [row(f"k{n}") for n in range(25)])
    command = ["group", "--manifest", str(path), "--to", f"s3://{bucket}/ü +/", "--group-count", "2"]
    moto = {"AWS_ENDPOINT_URL_SQS": os.environ["S3HAUL_TEST_MOTO"]}
    assert s3haul(*command, "--submit-queue", url, "--dry-run", **moto).returncode == 0
    assert received(sqs, url) == []
    first = s3haul(*command, "--submit-queue", url, **moto)
    assert first.returncode == 0, first.stderr
    assert "13 submitted" in first.stdout
    messages = received(sqs, url)
    assert sorted(messages, key=lambda m: m["key"]) == [
        {"schema": 1, "kind": "bundle", "bucket": bucket, "key": f"ü +/photos_{n:06}.jsonl"} for n in range(1, 14)
    ]
    again = s3haul(*command, "--submit-queue", url, **moto)
    assert again.returncode == 0, again.stderr
    assert received(sqs, url) == []


@pytest.fixture
def refusing():
    """A function that starts a queue which refuses messages as a function of body and attempt says."""
    queues = []

    def start(refusal) -> QueueDouble:
        queues.append(QueueDouble(refusal))
        return queues[-1]

    yield start
    for queue in queues:
        queue.close()


def submitting(bucket: str, tmp_path: Path, queue: QueueDouble) -> tuple[list[str], dict[str, str]]:
    """Words and environment of a command that sends a message for each of 25 groups."""
    path = inventory.write(tmp_path, [row(f"k{n}") for n in range(25)])
    words = ["group", "--manifest", str(path), "--to", f"s3://{bucket}/g/", "--group-count", "1"]
    return [*words, "--submit-queue", f"{queue.url}/1/q"], {"AWS_ENDPOINT_URL_SQS": queue.url}


def test_messages_that_are_refused_for_the_moment_are_sent_again_alone(s3haul, bucket, refusing, tmp_path):
    """What submitmanifest.py never looks at: a reply of which some entries failed."""
    queue = refusing(lambda body, attempt: "InternalError" if "_00000" in body and attempt == 1 else None)
    words, environment = submitting(bucket, tmp_path, queue)
    done = s3haul(*words, **environment)
    assert done.returncode == 0, done.stderr
    assert "25 submitted" in done.stdout
    assert len(queue.bodies) == len(set(queue.bodies)) == 25
    assert [len(request) for request in queue.requests] == [10, 10, 5, 9]


@pytest.mark.parametrize(("code", "exit_code"), [("InternalError", 75), ("InvalidMessageContents", 2)])
def test_messages_that_are_refused_for_good_are_said(s3haul, bucket, refusing, tmp_path, code, exit_code):
    refused = "photos_000013.jsonl"
    queue = refusing(lambda body, attempt: code if refused in body and attempt < 10 else None)
    words, environment = submitting(bucket, tmp_path, queue)
    done = s3haul(*words, **environment)
    assert done.returncode == exit_code
    assert "1 of 25 messages were not taken" in done.stderr and code in done.stderr
    assert len(done.stderr.splitlines()) == 1 and "submitted" not in done.stdout
    assert not any(refused in body for body in queue.bodies)
    queue.refusal = lambda body, attempt: None
    again = s3haul(*words, **environment)
    assert again.returncode == 0, again.stderr
    assert len(set(queue.bodies)) == 25


def test_an_array_job_with_a_child_for_each_manifest(s3haul, bucket, tmp_path):
    batch = client("batch", os.environ["S3HAUL_TEST_MOTO"])
    queue, definition = os.environ["S3HAUL_TEST_JOB_QUEUE"], os.environ["S3HAUL_TEST_JOB_DEFINITION"]
    path = inventory.write(tmp_path, [row(f"k{n}") for n in range(5)])
    command = ["group", "--manifest", str(path), "--to", f"s3://{bucket}/g/", "--group-count", "2"]
    submit = ["--submit-job-queue", queue, "--job-definition", definition, "--", "--to", "s3://archive/"]
    moto = {"AWS_ENDPOINT_URL_BATCH": os.environ["S3HAUL_TEST_MOTO"]}
    for _ in range(2):
        done = s3haul(*command, *submit, **moto)
        assert done.returncode == 0, done.stderr
        assert "3 submitted" in done.stdout
    found = batch.list_jobs(jobQueue=queue, filters=[{"name": "JOB_NAME", "values": ["s3haul-group-*"]}])
    jobs = batch.describe_jobs(jobs=[job["jobId"] for job in found["jobSummaryList"]])["jobs"]
    uri = f"s3://{bucket}/g/manifests-0001.txt"
    (job,) = [job for job in jobs if uri in job["container"]["command"] and ":" not in job["jobId"]]
    assert job["container"]["command"] == ["s3haul", "bundle", "--manifest-list", uri, "--to", "s3://archive/"]
    assert job["arrayProperties"]["size"] == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--to", "out"], "say what to group"),
        (["s3://b/"], "--to"),
        (["--manifest", "nothing.csv", "--to", "out"], "nothing.csv"),
        (["--manifest", "m.csv", "--to", "out", "--manifest-format", "Key,Size"], "'Key,Size' is none of batch"),
        (["--manifest", "m.csv", "--to", "out", "--by", "prefix", "--depth", "0"], "--depth"),
        (["--manifest", "m.csv", "--to", "out", "--match", "[a"], "--match"),
        (["--manifest", "m.csv", "--to", "out", "--submit-queue", "https://sqs/q"], "--to s3://"),
        (["--manifest", "m.csv", "--to", "out", "--group-size", "4 apples"], "--group-size: '4 apples' is not a size"),
        (["--manifest", "m.csv", "--to", "out", "--min-object-size", "1"], "does not say its size"),
        (["--manifest", "m.csv", "--to", "out", "--by", "modified-day"], "LastModifiedDate"),
    ],
)
def test_wrong_usage_is_one_line(s3haul, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    Path("m.csv").write_text("photos,a\nphotos,b\n")
    done = s3haul("group", *arguments)
    assert done.returncode == 2
    assert says in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def test_copy_reads_an_inventory(s3, s3haul, bucket, tmp_path):
    there = [key for key in ODD_KEYS if not key.endswith("/")]
    for key in there:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    rows = [row(key, Bucket=bucket) for key in there]
    rows += [row("gone", "", Bucket=bucket, IsDeleteMarker="true"), row("old", Bucket=bucket, IsLatest="false")]
    columns = ["Bucket", "Key", "IsLatest", "IsDeleteMarker", "Size"]
    path = inventory.write(tmp_path, rows, columns=columns)
    done = s3haul("copy", "--manifest", str(path), f"s3://{bucket}/copy/")
    assert done.returncode == 0, done.stderr
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="copy/")["KeyCount"]
    assert listed == len(there)


def test_bundles_are_made_of_its_manifests(s3, s3haul, bucket, tmp_path):
    """The list and the manifests that it names are what `bundle` takes, odd keys and all."""
    there = [key for key in ODD_KEYS if not key.endswith("/") and "\\" not in key]
    for key in there:
        s3.put_object(Bucket=bucket, Key=f"in/{key}", Body=key.encode())
    done = s3haul("group", f"s3://{bucket}/in/", "--to", f"s3://{bucket}/g/", "--group-count", "4")
    assert done.returncode == 0, done.stderr
    made = s3haul("bundle", "--manifest-list", f"s3://{bucket}/g/manifests-0001.txt", "--to", f"s3://{bucket}/a")
    assert made.returncode == 0, made.stderr
    archives = [e["Key"] for e in s3.list_objects_v2(Bucket=bucket, Prefix="a/")["Contents"]]
    found = []
    for archive in archives:
        if archive.endswith(".tar.gz"):
            with tarfile.open(fileobj=io.BytesIO(s3.get_object(Bucket=bucket, Key=archive)["Body"].read())) as tar:
                found += [tar.extractfile(member).read().decode() for member in tar]
    assert sorted(found) == sorted(there)


def test_more_prefixes_than_groups_may_be_open(tmp_path):
    """Each prefix comes again when its group has been closed: nothing is lost, and memory stays what it was."""
    wanted = [f"{n % 1_200:04}/{n}" for n in range(6_000)]
    path = inventory.write(tmp_path, [row(key) for key in wanted])
    command = ["group", "--manifest", str(path), "--to", str(tmp_path / "out"), "--by", "prefix"]
    # A child of this process would count this process's memory as its own.
    measured = ["/usr/bin/time", "-q", "-f", "%M", PROGRAMS / "s3haul", *command, "--quiet"]
    done = subprocess.run(measured, capture_output=True, text=True, check=True)
    assert int(done.stderr) < 64 << 10, "KiB"
    groups = keys(manifests(tmp_path / "out"))
    assert sorted(key for group in groups for key in group) == sorted(wanted)
    assert all(len({key.split("/")[0] for key in group}) == 1 for group in groups)


def test_dispatch_reads_an_inventory(s3haul, tmp_path):
    function = LambdaDouble()
    path = inventory.write(tmp_path, [row(key) for key in ODD_KEYS])
    state = {"XDG_STATE_HOME": str(tmp_path)}
    done = s3haul("dispatch", "--manifest", str(path), "--lambda-endpoint", function.url, **state)
    function.close()
    assert done.returncode == 0, done.stderr
    assert function.keys == ODD_KEYS
