"""The demo's second half: many small objects by the driver and a queue into day archives, and one of them back."""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import tarfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .lambdas import Emulator
from .servers import Servers, client

SOURCE, ARCHIVE = "demo-logs", "demo-archive"
A_DAY = 2_000
# S3 Batch Operations hands out one task at a time; the driver takes any number, and the emulator is slow to invoke.
TASKS_AN_EVENT = 100
DRIVERS = 2
WORKERS = 2


def key_of(number: int) -> str:
    """Day after day, as an inventory has them."""
    return f"2026/11/{1 + number // A_DAY:02}/{number // 100 % 20:02}/{number:05}.json"


def body_of(number: int) -> bytes:
    entry = {"number": number, "day": number // A_DAY, "text": f"{number * 7919 % 10007:05} " * (1 + number % 40)}
    return json.dumps(entry).encode()


class ArchiveDemo:
    def __init__(self, servers: Servers, folder: Path, programs: Path, environment: dict[str, str]) -> None:
        self.servers = servers
        self.folder = folder
        self.programs = programs
        self.environment = {**environment, "AWS_ENDPOINT_URL_SQS": servers.sqs}
        self.s3 = client("s3", servers.s3)
        self.sqs = client("sqs", servers.sqs)

    def run(self, count: int, step: Callable[[str], None]) -> bool:
        step(f"filling a bucket with {count:,} small objects")
        for bucket in (SOURCE, ARCHIVE):
            self.s3.create_bucket(Bucket=bucket)
        self._fill(count)
        queue = self._make_queue()
        started = time.monotonic()
        step(f"handing {count:,} tasks to {DRIVERS} drivers, {TASKS_AN_EVENT} an event; they queue them")
        self._dispatch(count, queue)
        step(f"{WORKERS} workers make day archives and delete the sources; one is killed halfway")
        killed_at = self._work(count, queue)
        seconds = time.monotonic() - started
        step("extracting one object from the middle, and comparing every object in every archive")
        middle = count // 2
        restored, requests, read = self._extract(middle)
        entries = self._indexed()
        wrong = self._differences(count, entries)
        if restored != body_of(middle):
            wrong.append(f"{key_of(middle)}: what was extracted is not what was archived")
        if killed_at == 0:
            wrong.append("no worker was killed in the middle of its work")
        table = {
            "objects in": f"{count:,}",
            "in indexes": f"{len(entries):,}",
            "sources deleted": f"{count - len(self._listed(SOURCE)):,}",
            "archives": len({entry["archive"] for entry in entries}),
            "killed worker": f"had made {killed_at} bundles",
            "restoring one": f"{requests} requests, {read:,} bytes read, of {self._archived_bytes():,}",
            "nothing lost": "yes" if not wrong else f"no: {len(wrong)} differences",
            "seconds": f"{seconds:.1f}",
        }
        for name, value in table.items():
            print(f"{name:>16}  {value}")
        for difference in wrong[:20]:
            print(f"WRONG  {difference}")
        return not wrong

    def _fill(self, count: int) -> None:
        """Fills the bucket from a tar of Python's; ten times as quick as boto3."""
        seed = self.folder / "seed.tar"
        with tarfile.open(seed, "w") as tar:
            for number in range(count):
                member = tarfile.TarInfo(key_of(number))
                member.size = len(body_of(number))
                tar.addfile(member, io.BytesIO(body_of(number)))
        command = [self.programs / "s3haul", "extract", seed, "--match", "**", "--to", f"s3://{SOURCE}/", "--quiet"]
        subprocess.run([*command, "--concurrency", "64"], env=self.environment, check=True)

    def _make_queue(self) -> str:
        dead = self.sqs.create_queue(QueueName="demo-dead")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "10"})
        return self.sqs.create_queue(QueueName="demo", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    def _dispatch(self, count: int, queue: str) -> None:
        driver = {
            "S3HAUL_MODE": "archive",
            "S3HAUL_ARCHIVE_QUEUE": queue,
            "S3HAUL_DESTINATION_BUCKET": ARCHIVE,
            "S3HAUL_ARCHIVE_NAME": "{bucket}/{day}",
            "S3HAUL_DELETE_SOURCE": "true",
        }
        with ExitStack() as running:
            emulators = []
            for number in range(DRIVERS):
                log = self.folder / f"archive-driver-{number}.log"
                emulators.append(Emulator(self.programs / "bootstrap", {**self.environment, **driver}, log))
                running.callback(emulators[-1].kill)

            def invoke(emulator: Emulator, starts: range) -> None:
                for start in starts:
                    numbers = range(start, min(start + TASKS_AN_EVENT, count))
                    self._invoke(emulator, start, numbers)

            starts = range(0, count, TASKS_AN_EVENT)
            with ThreadPoolExecutor(DRIVERS) as pool:
                list(pool.map(invoke, emulators, [starts[number::DRIVERS] for number in range(DRIVERS)]))

    def _invoke(self, emulator: Emulator, start: int, numbers: range) -> None:
        tasks = [
            {"taskId": str(n), "s3Key": quote(key_of(n)), "s3VersionId": None, "s3Bucket": SOURCE} for n in numbers
        ]
        event = {"invocationSchemaVersion": "2.0", "invocationId": f"i{start}", "job": {"id": "demo"}, "tasks": tasks}
        url = f"{emulator.url}/2015-03-31/functions/function/invocations"
        with urllib.request.urlopen(url, data=json.dumps(event).encode()) as reply:
            for result in json.load(reply)["results"]:
                if result["resultCode"] != "Succeeded" or "not archived yet" not in result["resultString"]:
                    raise SystemExit(f"demo: the driver answered {result}")

    def _work(self, count: int, queue: str) -> int:
        """Runs the workers; returns how many bundles the killed one had made."""
        # Four bundles a day, so that there is a middle to be killed in.
        flags = ["--count", str(A_DAY // 4), "--age", "30s", "--visibility", "20s", "--idle-exit", "6s"]
        command = [self.programs / "s3haul", "work", "--queue", queue, "--quiet", "--output", "json", *flags]
        outputs = [self.folder / f"worker-{number}.jsonl" for number in range(WORKERS)]
        workers = []
        with ExitStack() as running:
            for output in outputs:
                log = running.enter_context(output.with_suffix(".log").open("wb"))
                lines = running.enter_context(output.open("wb"))
                workers.append(subprocess.Popen(command, env=self.environment, stdout=lines, stderr=log))
                running.callback(workers[-1].kill)
            victim, survivors = workers[0], workers[1:]

            def bundles() -> list[int]:
                return [output.read_bytes().count(b"\n") for output in outputs]

            while victim.poll() is None and (bundles()[0] == 0 or sum(bundles()) < count // A_DAY * 2):
                time.sleep(0.05)
            victim.kill()
            made = bundles()[0]
            for survivor in survivors:
                self._check(survivor.wait())
        # The messages of the killed one are seen again when their 20 seconds are over.
        while self._messages(queue) > 0:
            self._check(
                subprocess.run(command, env=self.environment, stdout=subprocess.DEVNULL, check=False).returncode
            )
        return made

    def _check(self, code: int) -> None:
        if code != 0:
            logs = "".join(log.read_text()[-1000:] for log in sorted(self.folder.glob("worker-*.log")))
            raise SystemExit(f"demo: a worker ended with {code}: {logs}")

    def _messages(self, queue: str) -> int:
        """How many messages can be received, or will be again."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)

    def _extract(self, number: int) -> tuple[bytes, int, int]:
        """Restores one object; returns its bytes, and the requests and bytes that it took."""
        (entry,) = (entry for entry in self._indexed() if entry["key"] == key_of(number))
        self._control("DELETE", "/requests")
        target = self.folder / "restored"
        command = [self.programs / "s3haul", "extract", entry["archive"], entry["key"], "--to", target, "--quiet"]
        subprocess.run(command, env=self.environment, check=True)
        requests = self._control("GET", "/requests")["requests"]
        read = sum(self._bytes_of(request) for request in requests if request["operation"] == "GetObject")
        (restored,) = (path for path in target.rglob("*") if path.is_file())
        return restored.read_bytes(), len(requests), read

    def _bytes_of(self, request: dict[str, Any]) -> int:
        size = self.s3.head_object(Bucket=request["bucket"], Key=request["key"])["ContentLength"]
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request["headers"].get("range", ""))
        return min(int(wanted[2]) + 1, size) - int(wanted[1]) if wanted else size

    def _control(self, method: str, path: str) -> Any:
        with urllib.request.urlopen(urllib.request.Request(self.servers.faults + path, method=method)) as reply:
            return json.load(reply)

    def _listed(self, bucket: str) -> list[dict[str, Any]]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return [entry for page in pages for entry in page.get("Contents", [])]

    def _read(self, bucket: str, key: str) -> bytes:
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def _indexed(self) -> list[dict[str, Any]]:
        """Every entry of every index."""
        indexes = [entry["Key"] for entry in self._listed(ARCHIVE) if entry["Key"].endswith(".index.jsonl.gz")]
        lines = [line for key in indexes for line in gzip.decompress(self._read(ARCHIVE, key)).splitlines()]
        return [json.loads(line) for line in lines]

    def _archived_bytes(self) -> int:
        return sum(entry["Size"] for entry in self._listed(ARCHIVE) if entry["Key"].endswith(".tar.gz"))

    def _differences(self, count: int, entries: list[dict[str, Any]]) -> list[str]:
        """What is not once in an index, or not as it was in its archive, as Python's tarfile reads it."""
        listed = Counter(entry["key"] for entry in entries)
        wrong = [f"{key_of(n)}: in {listed[key_of(n)]} indexes" for n in range(count) if listed[key_of(n)] != 1]
        members = {}
        for archive in {entry["archive"] for entry in entries}:
            with tarfile.open(fileobj=io.BytesIO(self._read(ARCHIVE, archive.removeprefix(f"s3://{ARCHIVE}/")))) as tar:
                members |= {(archive, member.name): tar.extractfile(member).read() for member in tar}
        bodies = {key_of(number): body_of(number) for number in range(count)}
        for entry in entries:
            if members.get((entry["archive"], entry["member"])) != bodies.get(entry["key"]):
                wrong.append(f"{entry['key']}: is not what was archived")
        wrong += [f"{entry['Key']}: the source is still there" for entry in self._listed(SOURCE)]
        return wrong
