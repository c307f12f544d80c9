"""s3haul work: messages become bundles, and are deleted when those are proven."""

from __future__ import annotations

import json
import os
import signal
import time
from urllib.parse import quote_plus

import inventory
import pytest
from driverevents import DriverInEmulator, event, task
from spot_double import InstanceMetadata
from waiting import wait_until
from workqueue import Queue, check_archives, fill, indexed, is_stuck, listed, tasks, work, worker


@pytest.fixture
def queue():
    return Queue()


ODD = ["a b", "plus+percent%41", "Ünï/日本/😀", "line\nbreak", "2026/01/02/x", "e\u0301", "\u00e9", "quote'\"<&>"]


def test_driver_queues_and_worker_archives(s3, bucket, queue, tmp_path):
    """The whole way, with keys that are easily spoilt, and sources deleted when all is proven."""
    keys = [*ODD, *(f"k/{number}" for number in range(40))]
    rows = fill(s3, bucket, keys)
    s3.put_object(Bucket=bucket, Key="large", Body=b"x" * 2000)
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    driver = DriverInEmulator(
        tmp_path / "driver.log",
        AWS_ENDPOINT_URL_SQS=os.environ["S3HAUL_TEST_SQS"],
        S3HAUL_MODE="archive",
        S3HAUL_ARCHIVE_QUEUE=queue.url,
        S3HAUL_DESTINATION_BUCKET=archive,
        S3HAUL_DESTINATION_PREFIX="a/",
        S3HAUL_MAX_SIZE="1kB",
    )
    try:
        invocation = event(*(task(bucket, key, name=key) for key in [*keys, "large", "gone"]), deleteSource="true")
        results = {result["taskId"]: result for result in driver.invoke(invocation)}
    finally:
        driver.close()
    assert all(results[key]["resultCode"] == "Succeeded" for key in keys)
    assert all("not archived yet" in results[key]["resultString"] for key in keys)
    assert "copied 2000 bytes" in results["large"]["resultString"]
    assert results["gone"]["resultCode"] == "PermanentFailure"
    assert queue.counts() == (len(keys), 0)
    assert indexed(s3, archive) == []

    (line,), errors = work(queue.url)
    assert (line["archived"], line["deleted"], line["status"]) == (len(keys), len(keys), "finished"), errors
    check_archives(s3, archive, rows)
    assert listed(s3, bucket) == ["large"]
    assert s3.get_object(Bucket=archive, Key="a/large")["Body"].read() == b"x" * 2000
    assert queue.counts() == (0, 0)


@pytest.mark.parametrize("reason", ["SIGTERM", "SIGINT", "spot reclaim"])
def test_told_to_stop(s3, bucket, queue, faults, reason):
    """Its messages are there for others at once, and what it had begun is finished by the next."""
    rows = fill(s3, bucket, [f"k/{number}" for number in range(30)])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(*tasks(rows, f"s3://{archive}/"))
    stall = {"delay": 30, "operation": "GetObject", "bucket": f"^{bucket}$"}
    faults.add(stall)
    flags = ("--visibility", "10m", "--idle-exit", "1s")
    with InstanceMetadata() as instance:
        settings = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url, "AWS_EC2_METADATA_DISABLED": "false"}
        settings |= {"AWS_BATCH_JOB_ID": "job", "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
        process = worker(queue.url, *flags, **settings)
        wait_until(lambda: is_stuck(faults, stall))
        assert queue.counts() == (0, 30)
        if reason == "spot reclaim":
            instance.notice.set()
        else:
            process.send_signal(signal.Signals[reason])
        told = time.monotonic()
        _, errors = process.communicate(timeout=30)
    # The notice is asked for every five seconds.
    assert time.monotonic() - told < (10 if reason == "spot reclaim" else 5)
    assert process.returncode == 75, errors
    assert queue.counts() == (30, 0)
    assert indexed(s3, archive) == []
    work(queue.url, "--visibility", "10m")
    check_archives(s3, archive, rows)


def test_messages_stay_hidden_while_their_bundle_is_made(s3, bucket, queue, faults):
    rows = fill(s3, bucket, [f"k/{number}" for number in range(10)])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(*tasks(rows, f"s3://{archive}/"))
    # Longer than they would be hidden otherwise; the other worker would take them then.
    faults.add({"delay": 7, "operation": "PutObject", "key": r"\.tar\.gz$", "bucket": f"^{archive}$"})
    proxy = {"AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
    first = worker(queue.url, "--visibility", "3s", "--idle-exit", "1s", **proxy)
    wait_until(lambda: queue.counts() == (0, 10))
    lines, _ = work(queue.url, "--visibility", "3s", "--idle-exit", "5s")
    assert lines == []
    output, errors = first.communicate(timeout=30)
    assert first.returncode == 0, output + errors
    check_archives(s3, archive, rows)


@pytest.mark.parametrize("stays", [False, True])
def test_records_in_s3(s3, bucket, queue, stays):
    """They need no disk; where they can't be kept, what is archived stays archived, and nothing more is taken."""
    rows = fill(s3, bucket, [f"k/{number}" for number in range(30)])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(*tasks(rows, f"s3://{archive}/"))
    records = f"s3://{archive}/records/" if stays else f"s3://{bucket}-none/records/"
    settings = {"AWS_BATCH_JOB_ID": "job", "AWS_BATCH_JOB_ATTEMPT": "2", "TMPDIR": "/proc/none"}
    settings |= {"AWS_EC2_METADATA_DISABLED": "true"}
    process = worker(queue.url, "--idle-exit", "1s", "--records", records, **settings)
    _, errors = process.communicate(timeout=60)
    check_archives(s3, archive, rows)
    assert queue.counts() == (0, 0)
    if stays:
        assert process.returncode == 0, errors
        name = f"records/{queue.url.rsplit('/', 1)[1]}/job-2.jsonl"
        lines = s3.get_object(Bucket=archive, Key=name)["Body"].read().splitlines()
    else:
        assert process.returncode == 2, errors
        assert "the records above could not be stored" in errors and "NoSuchBucket" in errors
        lines = [line for line in errors.splitlines() if line.startswith('{"')]
    kept = {record["source"]["key"] for record in map(json.loads, lines) if record.get("outcome") == "archived"}
    assert kept == {row["key"] for row in rows}


def put_manifest(s3, bucket: str, key: str, rows: list[dict]) -> None:
    lines = "".join(f"{row['bucket']},{quote_plus(row['key'], safe='/')}\n" for row in rows)
    s3.put_object(Bucket=bucket, Key=key, Body=lines.encode())


def notification(*events: tuple[str, str], bucket: str) -> dict:
    """What S3 sends of objects that were created, or else."""
    records = [
        {"eventSource": "aws:s3", "eventName": name, "s3": {"bucket": {"name": bucket}, "object": {"key": key}}}
        for name, key in events
    ]
    return {"Records": records}


def test_manifests_in_every_form(s3, bucket, queue):
    """Events of every kind of creation, several of one message, and the old form; what is no work is deleted."""
    rows = fill(s3, bucket, [f"{number}/{index}" for number in range(5) for index in range(3)])
    keys = ["m/red flower+ü.csv", "m/1.csv", "m/2.csv", "m/3.csv", "m/4.csv"]
    for number, key in enumerate(keys):
        put_manifest(s3, bucket, key, rows[3 * number : 3 * number + 3])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": bucket},
        notification(("ObjectCreated:Put", quote_plus(keys[0], safe="/")), bucket=bucket),
        notification(
            ("ObjectCreated:CompleteMultipartUpload", keys[1]),
            ("ObjectRemoved:Delete", "m/gone.csv"),
            ("ObjectCreated:Copy", keys[2]),
            bucket=bucket,
        ),
        notification(("ObjectCreated:Put", "a/x.tar.gz.index.jsonl.gz"), bucket=bucket),
        notification(("ObjectCreated:Put", "m/grouping.json"), ("ObjectCreated:Put", "a/x.zip"), bucket=bucket),
        {"Bucket": bucket, "Key": keys[3]},
        {"Bucket": bucket, "Key": keys[3]},
        {"schema": 1, "kind": "bundle", "bucket": bucket, "key": keys[4], "settings": {"S3HAUL_ARCHIVE_FORMAT": "tar"}},
    )
    lines, errors = work(queue.url, "--to", f"s3://{archive}/")
    assert sorted(line["status"] for line in lines) == ["finished"] * 5 + ["unchanged"], errors
    check_archives(s3, archive, rows)
    assert [key for key in listed(s3, archive) if key.endswith("/4.tar")]
    assert queue.counts() == (0, 0)


def test_a_manifest_that_comes_again_is_archived_once(s3, bucket, queue):
    """Another run at each delivery made another archive of the same objects."""
    rows = fill(s3, bucket, ["a", "b"])
    put_manifest(s3, bucket, "m.csv", rows)
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    said = []
    for _ in range(2):
        queue.send({"Bucket": bucket, "Key": "m.csv"})
        lines, errors = work(queue.url, "--to", f"s3://{archive}/", "--archive-name", "{run}/{day}")
        said += [line["status"] for line in lines]
    assert said == ["finished", "unchanged"], errors
    check_archives(s3, archive, rows)


def test_a_manifest_of_keys_and_an_inventory(s3, bucket, queue, tmp_path):
    rows = fill(s3, bucket, ["a", "b"])
    inventory.write(tmp_path, [inventory.row("b", Bucket=bucket, ETag=rows[1]["etag"])], bucket=bucket)
    address = inventory.upload(s3, bucket, tmp_path).removeprefix(f"s3://{bucket}/")
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send({"Bucket": bucket, "Key": "m.csv"}, {"Bucket": bucket, "Key": address})
    s3.put_object(Bucket=bucket, Key="m.csv", Body=b"a\n")
    lines, errors = work(queue.url, "--to", f"s3://{archive}/", "--bucket", bucket)
    assert [line["status"] for line in lines] == ["finished"] * 2, errors
    check_archives(s3, archive, rows)


def test_poison_and_what_cannot_be_archived_go_to_the_dead_letter_queue(s3, bucket):
    queue = Queue(receives=2)
    rows = fill(s3, bucket, ["good/1", "good/2"])
    gone = {**rows[0], "key": "gone"}
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    to = f"s3://{archive}/"
    nowhere = {"schema": 1, "kind": "object", "run": "r", **rows[0]}
    queue.send("no JSON", nowhere, {"Bucket": bucket, "Key": "no-manifest"}, *tasks([*rows, gone], to))
    _, errors = work(queue.url, code=1)
    check_archives(s3, archive, rows)
    assert "no JSON object of a form" in errors
    assert "does not say where its archive goes" in errors
    assert "no-manifest" in errors
    assert f"s3://{bucket}/gone" in errors
    assert queue.counts() == (0, 0)
    assert queue.counts(queue.dead) == (4, 0)


def test_late_objects_do_not_replace_the_archive_of_their_day(s3, bucket, queue):
    """s3compressor wrote the day's archive anew, whose sources were deleted."""
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    settings = {"S3HAUL_ARCHIVE_NAME": "{bucket}/{day}", "S3HAUL_DELETE_SOURCE": "true"}
    first = fill(s3, bucket, [f"2026/02/03/{number}" for number in range(3)])
    queue.send(*tasks(first, f"s3://{archive}/", **settings))
    work(queue.url)
    late = fill(s3, bucket, ["2026/02/03/late"])
    queue.send(*tasks(late, f"s3://{archive}/", run="run-2", **settings))
    work(queue.url)
    check_archives(s3, archive, [*first, *late])
    names = [key for key in listed(s3, archive) if key.endswith(".tar.gz")]
    assert names == [f"{bucket}/20260203-2.tar.gz", f"{bucket}/20260203.tar.gz"]
    assert listed(s3, bucket) == []


def test_a_source_that_changed_stays(s3, bucket, queue):
    """The object that the driver saw is not there any more; what is there now is nobody's wish."""
    rows = fill(s3, bucket, ["same", "changed"])
    s3.put_object(Bucket=bucket, Key="changed", Body=b"something else")
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(*tasks(rows, f"s3://{archive}/", S3HAUL_DELETE_SOURCE="true"))
    _, errors = work(queue.url, code=1)
    check_archives(s3, archive, rows[:1])
    assert listed(s3, bucket) == ["changed"]
    assert "changed" in errors
    assert queue.counts(queue.dead) == (1, 0)


def test_it_ends_after_so_many_jobs(s3, bucket, queue):
    rows = fill(s3, bucket, ["a", "b", "c"])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    for row in rows:
        put_manifest(s3, bucket, f"m/{row['key']}", [row])
        queue.send({"Bucket": bucket, "Key": f"m/{row['key']}"})
    lines, _ = work(queue.url, "--to", f"s3://{archive}/", "--max-jobs", "2")
    assert len(lines) == 2
    assert queue.counts() == (1, 0)


def test_queues_are_looked_at_first(s3haul, queue):
    queue.send("anything")
    sqs = {"AWS_ENDPOINT_URL_SQS": os.environ["S3HAUL_TEST_SQS"]}
    plan = s3haul("work", "--queue", queue.url.rsplit("/", 1)[1], "--dry-run", **sqs)
    assert (plan.returncode, plan.stderr) == (0, "")
    assert "about 1 messages" in plan.stdout
    assert queue.counts() == (1, 0)
    endless = Queue(receives=None)
    done = s3haul("work", "--queue", endless.url, "--idle-exit", "0s", **sqs)
    assert done.returncode == 0
    assert "no redrive policy" in done.stderr
    missing = s3haul("work", "--queue", "no-such-queue", **sqs)
    assert missing.returncode == 2
    assert len(missing.stderr.splitlines()) == 1
