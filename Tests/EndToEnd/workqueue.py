"""Queues, messages and workers for the tests of s3haul work, and what its archives must be."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import subprocess
import tarfile
import uuid
from collections import Counter

from conftest import PROGRAMS
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
