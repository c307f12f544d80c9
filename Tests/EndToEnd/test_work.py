"""s3haul work: messages become bundles, each object in one of them, whatever happens to messages and workers."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import tarfile
import time
import uuid
from collections import Counter

import pytest
from conftest import PROGRAMS
from driverevents import DriverInEmulator, event, task
from stacklib.servers import client


class Queue:
    """A queue with a dead-letter queue, unless it shall have none."""

    def __init__(self, receives: int | None = 5) -> None:
        self.sqs = client("sqs", os.environ["S3HAUL_TEST_SQS"])
        name = f"work-{uuid.uuid4().hex[:8]}"
        self.dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        attributes = {"VisibilityTimeout": "30"}
        if receives:
            names = ["QueueArn"]
            arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=names)["Attributes"]["QueueArn"]
            policy = {"deadLetterTargetArn": arn, "maxReceiveCount": str(receives)}
            attributes["RedrivePolicy"] = json.dumps(policy)
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(self, *bodies: dict | str) -> None:
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        for start in range(0, len(texts), 10):
            entries = [{"Id": str(i), "MessageBody": text} for i, text in enumerate(texts[start : start + 10])]
            assert not self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries).get("Failed")

    def counts(self, url: str | None = None) -> tuple[int, int]:
        """How many messages can be received, and how many somebody has."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url or self.url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def dead_bodies(self) -> list[str]:
        reply = self.sqs.receive_message(QueueUrl=self.dead, MaxNumberOfMessages=10)
        return [message["Body"] for message in reply.get("Messages", [])]


@pytest.fixture
def queue():
    return Queue()


def environment(**more: str) -> dict[str, str]:
    return {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"],
        "AWS_ENDPOINT_URL_SQS": os.environ["S3HAUL_TEST_SQS"],
        **more,
    }


def worker(url: str, *flags: str, **settings: str) -> subprocess.Popen[str]:
    command = [str(PROGRAMS / "s3haul"), "work", "--queue", url, "--quiet", *flags]
    return subprocess.Popen(
        command, env=environment(**settings), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def work(url: str, *flags: str, code: int = 0, **settings: str) -> tuple[list[dict], str]:
    """Works until the queue is empty; gives what was said of each bundle, and the messages."""
    idle = () if "--idle-exit" in flags else ("--idle-exit", "1s")
    flags = (*idle, "--output", "json", *flags)
    process = worker(url, *flags, **settings)
    output, errors = process.communicate(timeout=90)
    assert process.returncode == code, output + errors
    return [json.loads(line) for line in output.splitlines()], errors


def fill(s3, bucket: str, keys: list[str]) -> list[dict]:
    """Puts an object for each key; gives the rows of a manifest."""
    rows = []
    for key in keys:
        body = f"{key} has this".encode()
        stored = s3.put_object(Bucket=bucket, Key=key, Body=body)
        rows.append({"bucket": bucket, "key": key, "size": len(body), "etag": stored["ETag"].strip('"')})
    return rows


def tasks(rows: list[dict], to: str, run: str = "run-1", **settings: str) -> list[dict]:
    """The messages that the driver sends for rows."""
    settings = {"S3HAUL_TO": to, **settings}
    return [{"schema": 1, "kind": "object", "run": run, "settings": settings, **row} for row in rows]


def listed(s3, bucket: str, prefix: str = "") -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def indexed(s3, bucket: str, prefix: str = "") -> list[dict]:
    """Every entry of every index."""
    entries = []
    for key in listed(s3, bucket, prefix):
        if key.endswith(".index.jsonl.gz"):
            text = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            entries += [json.loads(line) for line in text.splitlines()]
    return entries


def check_archives(s3, bucket: str, rows: list[dict]) -> None:
    """Every object is in one index, and its archive has its bytes."""
    entries = indexed(s3, bucket)
    counts = Counter((entry["bucket"], entry["key"]) for entry in entries)
    assert counts == Counter((row["bucket"], row["key"]) for row in rows)
    for archive in {entry["archive"] for entry in entries}:
        name = archive.removeprefix(f"s3://{bucket}/")
        body = s3.get_object(Bucket=bucket, Key=name)["Body"].read()
        with tarfile.open(fileobj=io.BytesIO(body)) as tar:
            members = {member.name: tar.extractfile(member).read() for member in tar}
        for entry in entries:
            if entry["archive"] == archive:
                assert members[entry["member"]] == f"{entry['key']} has this".encode()


def is_stuck(faults, rule: dict) -> bool:
    """Whether a request that a rule delays is under way."""
    operations = rule["operation"] if isinstance(rule["operation"], list) else [rule["operation"]]
    return any(
        entry["ended"] is None
        and entry["operation"] in operations
        and re.search(rule["bucket"], entry["bucket"])
        and re.search(rule.get("key", ""), entry["key"])
        for entry in faults.requests()["requests"]
    )


def wait_until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


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


# Where a worker is killed: before the request that this operation and key name.
INSTANTS = {
    "nothing claimed": {"operation": "PutObject", "key": r"\.claim\.jsonl$"},
    "manifest of the claim": {"operation": "PutObject", "key": r"claims/\w+/000001$"},
    "claimed": {"operation": "GetObject", "key": r"^k/0$"},
    "all read": {"operation": "PutObject", "key": r"\.tar\.gz$"},
    "archive stored": {"operation": "PutObject", "key": r"\.index\.jsonl\.gz$"},
    "index stored": {"operation": ["DeleteObjects", "DeleteObject"], "key": r"^(k/.*)?$"},
    "sources deleted": {"operation": "PutObject", "key": r"\.end$"},
    "bundle ended": {"operation": "DeleteObject", "key": r"\.lease$"},
}


def test_killed_at_any_step(s3, faults):
    """The next worker finishes what was begun: one index for each object, no source lost, nothing left behind."""
    cases, rules = [], []
    for instant, rule in INSTANTS.items():
        source, archive, queue = f"kill-{uuid.uuid4().hex[:8]}", f"kill-{uuid.uuid4().hex[:8]}", Queue()
        for bucket in (source, archive):
            s3.create_bucket(Bucket=bucket)
        rows = fill(s3, source, [f"k/{number}" for number in range(20)])
        queue.send(*tasks(rows, f"s3://{archive}/a/", S3HAUL_DELETE_SOURCE="true"))
        rule = {"delay": 60, "bucket": f"^({source}|{archive})$", **rule}
        faults.add(rule)
        rules.append(rule)
        cases.append((instant, source, archive, queue, rows))

    proxy = {"AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}
    flags = ("--visibility", "3s", "--idle-exit", "1s")
    killed = {case[0]: worker(case[3].url, *flags, **proxy) for case in cases}

    wait_until(lambda: all(is_stuck(faults, rule) for rule in rules))
    for process in killed.values():
        process.kill()
        process.communicate()
    faults.clear()

    flags = ("--visibility", "3s", "--idle-exit", "5s")
    successors = {case[0]: worker(case[3].url, *flags) for case in cases}
    for instant, source, archive, queue, rows in cases:
        output, errors = successors[instant].communicate(timeout=60)
        assert successors[instant].returncode == 0, f"{instant}: {output}{errors}"
        check_archives(s3, archive, rows)
        assert listed(s3, source) == [], instant
        assert queue.counts() == (0, 0), instant
        assert not s3.list_multipart_uploads(Bucket=archive).get("Uploads"), instant


def test_two_workers_repeated_messages_and_a_kill(s3, bucket, queue):
    """Every object is sent twice and the workers share them; one is killed when it has made its first bundle."""
    rows = fill(s3, bucket, [f"2026/01/{1 + number % 3:02}/{number}" for number in range(150)])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    messages = tasks(rows, f"s3://{archive}/", S3HAUL_ARCHIVE_NAME="{bucket}/{day}", S3HAUL_DELETE_SOURCE="true")
    queue.send(*messages, *messages)
    flags = ("--count", "20", "--visibility", "5s", "--idle-exit", "7s")
    victim, survivor = (worker(queue.url, *flags) for _ in range(2))
    assert victim.stdout.readline()
    victim.kill()
    victim.communicate()
    output, errors = survivor.communicate(timeout=90)
    assert survivor.returncode == 0, output + errors
    check_archives(s3, archive, rows)
    assert listed(s3, bucket) == []
    assert queue.counts() == (0, 0)
    days = {entry["archive"]: entry["key"][:10] for entry in indexed(s3, archive)}
    for entry in indexed(s3, archive):
        assert days[entry["archive"]] == entry["key"][:10], "a day's archive has another day's object"


def test_worker_that_stood_still_does_not_store_a_second_index(s3, bucket, queue, faults):
    """Its lease ended while it could not know; the other one made the bundle."""
    rows = fill(s3, bucket, [f"k/{number}" for number in range(20)])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(*tasks(rows, f"s3://{archive}/"))
    stall = {"delay": 2, "operation": "GetObject", "bucket": f"^{bucket}$"}
    faults.add(stall)
    flags = ("--visibility", "3s", "--idle-exit", "1s")
    slow = worker(queue.url, *flags, AWS_ENDPOINT_URL_S3=os.environ["S3HAUL_TEST_S3_PROXY"])
    wait_until(lambda: is_stuck(faults, stall))
    slow.send_signal(signal.SIGSTOP)
    _, errors = work(queue.url, "--visibility", "3s", "--idle-exit", "5s")
    check_archives(s3, archive, rows)
    slow.send_signal(signal.SIGCONT)
    slow.communicate(timeout=30)
    check_archives(s3, archive, rows)
    assert queue.counts() == (0, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop(s3, bucket, queue, faults, number):
    """Its messages are there for others at once, and what it had begun is finished by the next."""
    rows = fill(s3, bucket, [f"k/{number}" for number in range(30)])
    archive = f"{bucket}-archive"
    s3.create_bucket(Bucket=archive)
    queue.send(*tasks(rows, f"s3://{archive}/"))
    stall = {"delay": 30, "operation": "GetObject", "bucket": f"^{bucket}$"}
    faults.add(stall)
    flags = ("--visibility", "10m", "--idle-exit", "1s")
    process = worker(queue.url, *flags, AWS_ENDPOINT_URL_S3=os.environ["S3HAUL_TEST_S3_PROXY"])
    wait_until(lambda: is_stuck(faults, stall))
    assert queue.counts() == (0, 30)
    process.send_signal(number)
    told = time.monotonic()
    _, errors = process.communicate(timeout=30)
    assert time.monotonic() - told < 5
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
