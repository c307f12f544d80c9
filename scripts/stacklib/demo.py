"""scripts/demo: s3haul's main job on real input: objects copied and archived, and the proof that nothing was lost.

Needs the release build, or another that S3HAUL_PROGRAMS names. Exits 1 if one destination is not its source, or one
object is not in its archive.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .batchjobs import Job, Run, Runner, define, jobs_of
from .demoarchive import ArchiveDemo
from .demobucket import Filler, Row
from .lambdas import Emulator
from .servers import JOB_DEFINITION, JOB_QUEUE, Servers, client, neutral_environment
from .signals import Stopped, raise_when_stopped

REPOSITORY = Path(__file__).parents[2]
SOURCE, DESTINATION, STATE = "demo-source", "demo-destination", "demo-state"
PREFIX = "copied/"
PROPERTIES = [
    "ContentLength",
    "ContentType",
    "ContentLanguage",
    "ContentEncoding",
    "ContentDisposition",
    "CacheControl",
    "Metadata",
    "StorageClass",
]
SLOTS = 4


def step(text: str) -> None:
    print(f"demo: {text}", flush=True)


class Demo:
    def __init__(self, servers: Servers, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs
        self.servers = servers
        self.s3 = client("s3", servers.s3)
        self.environment = {
            **neutral_environment(),
            **{name: value for name, value in servers.environment().items() if name.startswith("AWS_")},
            "PATH": f"{programs}:/usr/bin:/bin",
            # By the proxy, which has no rules here and counts.
            "AWS_ENDPOINT_URL_S3": servers.proxy,
            "AWS_ENDPOINT_URL_BATCH": servers.moto,
        }

    def run(self, large: int) -> bool:
        step("filling a bucket")
        rows = Filler(self.s3, SOURCE).fill(large)
        for bucket in (DESTINATION, STATE):
            self.s3.create_bucket(Bucket=bucket)
        manifest = self._write_manifest(rows)
        self._request("DELETE", "/requests")
        started = time.monotonic()
        step(f"dispatching {len(rows)} objects to {SLOTS} drivers")
        inline = self._dispatch(manifest)
        step("running the AWS Batch jobs; the largest is killed in the middle")
        runs = self._run_jobs()
        seconds = time.monotonic() - started
        requests = sum(self._request("GET", "/requests")["counts"].values())
        step("comparing every destination with its source")
        wrong = self._differences(rows)
        self._print_table(rows, inline, runs, requests, seconds, wrong)
        return not wrong

    def _request(self, method: str, path: str) -> Any:
        with urllib.request.urlopen(urllib.request.Request(self.servers.faults + path, method=method)) as reply:
            return json.load(reply)

    def _write_manifest(self, rows: list[Row]) -> Path:
        """In the form of S3 Batch Operations: Bucket,Key,VersionId with URL-encoded keys."""
        manifest = self.folder / "manifest.csv"
        manifest.write_text("".join(f"{SOURCE},{quote(row.key)},{row.version_id}\n" for row in rows))
        return manifest

    def _dispatch(self, manifest: Path) -> list[dict[str, Any]]:
        """Invokes the driver for every row; returns the records that it logged."""
        copy = ["copy", "--output", "json", "Ref::source", "Ref::destination"]
        define(client("batch", self.servers.moto), JOB_DEFINITION, *copy)
        driver = {
            "S3HAUL_DESTINATION_BUCKET": DESTINATION,
            "S3HAUL_DESTINATION_PREFIX": PREFIX,
            "S3HAUL_STATE": f"s3://{STATE}/",
            "S3HAUL_INLINE_LIMIT": "32MiB",
            "S3HAUL_JOB_QUEUE": JOB_QUEUE,
            "S3HAUL_JOB_DEFINITION": JOB_DEFINITION,
        }
        with ExitStack() as running:
            emulators = []
            for number in range(SLOTS):
                log = self.folder / f"driver-{number}.log"
                emulator = Emulator(self.programs / "bootstrap", {**self.environment, **driver}, log)
                running.callback(emulator.kill)
                emulators.append(emulator)
            command = [self.programs / "s3haul", "dispatch", "--manifest", manifest, "--quiet"]
            for emulator in emulators:
                command += ["--lambda-endpoint", emulator.url]
            command += ["--report", self.folder / "report", "--journal", self.folder / "journal"]
            subprocess.run(command, env=self.environment, check=False)
        lines = (line for log in self.folder.glob("driver-*.log") for line in log.read_text().splitlines())
        return [json.loads(line)["record"] for line in lines if line.startswith("{") and '"record":' in line]

    def _run_jobs(self) -> list[Run]:
        jobs = list(jobs_of(client("batch", self.servers.moto), JOB_QUEUE))
        environment = {name: value for name, value in self.environment.items() if not name.startswith("S3HAUL_")}

        def reclaim(job: Job) -> bool:
            if "/large/" not in job["parameters"]["source"]:
                return False
            requests = self._request("GET", "/requests?key=large/")["requests"]
            return sum(r["operation"] == "UploadPartCopy" and r["status"] == 200 for r in requests) > 24

        return Runner(self.folder, environment).run(jobs, reclaim)

    def _differences(self, rows: list[Row]) -> list[str]:
        """What boto3 sees in a destination that is not in its source."""

        def facts(bucket: str, key: str, **version: str) -> dict[str, Any]:
            target = {"Bucket": bucket, "Key": key, **version}
            reply = self.s3.get_object(**target)
            digest = hashlib.sha256()
            for piece in reply["Body"].iter_chunks(1 << 20):
                digest.update(piece)
            tags = sorted((tag["Key"], tag["Value"]) for tag in self.s3.get_object_tagging(**target)["TagSet"])
            return {name: reply.get(name) for name in PROPERTIES} | {"SHA256": digest.hexdigest(), "Tags": tags}

        def compare(row: Row) -> str | None:
            try:
                source = facts(SOURCE, row.key, VersionId=row.version_id)
                destination = facts(DESTINATION, PREFIX + row.key)
            except Exception as error:
                return f"{row.key!r}: {error}"
            names = [name for name in source if source[name] != destination[name]]
            return ", ".join(f"{row.key!r}: {name} {source[name]} -> {destination[name]}" for name in names) or None

        with ThreadPoolExecutor(8) as pool:
            wrong = [difference for difference in pool.map(compare, rows) if difference]
        uploads = self.s3.list_multipart_uploads(Bucket=DESTINATION).get("Uploads", [])
        return wrong + [f"{upload['Key']!r}: a multipart upload was left" for upload in uploads]

    def _print_table(
        self,
        rows: list[Row],
        inline: list[dict[str, Any]],
        runs: list[Run],
        requests: int,
        seconds: float,
        wrong: list[str],
    ) -> None:
        worker = [json.loads(line) for run in runs for line in run.output.read_text().splitlines()]
        final = [record for record in inline + worker if record["outcome"] in ("copied", "unchanged", "failed")]
        proofs = Counter(record["proof"] for record in final if "proof" in record)
        failures = [record for record in final if record["outcome"] == "failed"]
        resumed = [record for record in worker if record.get("parts_resumed")]
        if not resumed:
            wrong.append("no job was killed in the middle and went on")
        table = {
            "objects": len(rows),
            "bytes": f"{sum(row.size for row in rows):,}",
            "inline": sum(record["outcome"] in ("copied", "unchanged") for record in inline),
            "by Batch job": len(runs),
            "resumed": f"{len(resumed)} ("
            + ", ".join(f"{r['parts_resumed']} of {r['parts']} parts" for r in resumed)
            + ")",
            "verified how": ", ".join(f"{count} by {proof}" for proof, count in proofs.most_common()),
            "failed": len(failures) + sum(run.exit_code not in (0, 1) for run in runs),
            "requests sent": f"{requests:,}",
            "seconds": f"{seconds:.1f}",
        }
        for name, value in table.items():
            print(f"{name:>14}  {value}")
        for record in failures:
            print(f"failed: {record['source']['key']}: {record.get('message')}")
        for run in runs:
            if run.exit_code != 0:
                log = run.output.with_suffix(".log").read_text()[-2000:]
                print(f"failed: job {run.job['jobId']}, attempt {run.attempt}, exit code {run.exit_code}:\n{log}")
        for difference in wrong[:20]:
            print(f"WRONG  {difference}")
        print("boto3 finds every destination to be its source" if not wrong else f"{len(wrong)} differences")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--large", type=int, default=1024, metavar="MIB", help="size of the largest object")
    parser.add_argument("--small", type=int, default=20_000, metavar="N", help="how many objects are archived")
    arguments = parser.parse_args()
    programs = Path(os.environ.get("S3HAUL_PROGRAMS", REPOSITORY / ".build/release")).absolute()
    if not (programs / "bootstrap").exists():
        raise SystemExit("demo: there is no release build; `make demo` makes it")
    raise_when_stopped()
    try:
        with tempfile.TemporaryDirectory(prefix="s3haul-demo-") as name, Servers(Path(name)) as servers:
            demo = Demo(servers, Path(name), programs)
            done = demo.run(arguments.large << 20)
            done = ArchiveDemo(servers, Path(name), programs, demo.environment).run(arguments.small, step) and done
    except Stopped as stopped:
        raise SystemExit(stopped.exit_code) from None
    raise SystemExit(0 if done else 1)


if __name__ == "__main__":
    main()
