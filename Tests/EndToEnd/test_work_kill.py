"""Workers of a queue that are killed, stand still, or get the same messages: one index for each object all the same."""

from __future__ import annotations

import os
import signal
import uuid

from waiting import wait_until
from workqueue import Queue, check_archives, fill, indexed, is_stuck, listed, tasks, work, worker

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


def test_two_workers_repeated_messages_and_a_kill(s3, bucket):
    """Every object is sent twice and the workers share them; one is killed when it has made its first bundle."""
    queue = Queue()
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


def test_worker_that_stood_still_does_not_store_a_second_index(s3, bucket, faults):
    """Its lease ended while it could not know; the other one made the bundle."""
    queue = Queue()
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
    work(queue.url, "--visibility", "3s", "--idle-exit", "5s")
    check_archives(s3, archive, rows)
    slow.send_signal(signal.SIGCONT)
    slow.communicate(timeout=30)
    check_archives(s3, archive, rows)
    assert queue.counts() == (0, 0)
