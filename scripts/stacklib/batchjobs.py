"""Runs the jobs that moto only stores, as AWS Batch would: command, environment, attempts, retry strategy."""

from __future__ import annotations

import fnmatch
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Job = dict[str, Any]

SPOT_RECLAIM = "Host EC2 (instance i-0123456789abcdef0) terminated."
ESSENTIAL_EXIT = "Essential container in task exited"


def define(batch: Any, name: str, *arguments: str) -> None:
    """Registers a job definition whose container runs s3haul by these arguments."""
    needs = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "512"}]
    container = {"image": "s3haul", "command": ["s3haul", *arguments], "resourceRequirements": needs}
    batch.register_job_definition(jobDefinitionName=name, type="container", containerProperties=container)


def jobs_of(batch: Any, queue: str) -> Iterator[Job]:
    """All jobs of a queue, described. moto lets them succeed as it is asked: they may be in any state."""
    states = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
    found: dict[str, None] = {}
    for state in states:
        for page in batch.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=state):
            found.update(dict.fromkeys(job["jobId"] for job in page["jobSummaryList"]))
    ids = list(found)
    for start in range(0, len(ids), 100):
        yield from batch.describe_jobs(jobs=ids[start : start + 100])["jobs"]


def command(job: Job) -> list[str]:
    """The command with the parameters put in for whole arguments `Ref::name`."""
    parameters = {f"Ref::{name}": value for name, value in job["parameters"].items()}
    return [parameters.get(argument, argument) for argument in job["container"]["command"]]


def starts_again(job: Job, attempt: int, exit_code: int | None, status_reason: str) -> bool:
    """What evaluateOnExit says: the first rule of which all patterns match; without one, a failed job is retried."""
    strategy = job.get("retryStrategy", {})
    if exit_code == 0 or attempt >= strategy.get("attempts", 1):
        return False
    facts = {"onExitCode": "" if exit_code is None else str(exit_code), "onStatusReason": status_reason, "onReason": ""}
    for rule in strategy.get("evaluateOnExit", []):
        patterns = {name: pattern for name, pattern in rule.items() if name in facts}
        if all(fnmatch.fnmatchcase(facts[name].lower(), pattern.lower()) for name, pattern in patterns.items()):
            return rule["action"].upper() == "RETRY"
    return True


@dataclass
class Run:
    """A job on its way through its attempts."""

    job: Job
    output: Path
    attempt: int = 0
    killed: bool = False
    exit_code: int | None = None
    process: subprocess.Popen[bytes] | None = None


class Runner:
    """A compute environment of so many slots, whose containers are processes of this machine."""

    def __init__(self, folder: Path, environment: Mapping[str, str], slots: int = 2) -> None:
        self.folder = folder
        self.environment = environment
        self.slots = slots

    def run(self, jobs: list[Job], reclaim: Callable[[Job], bool]) -> list[Run]:
        """Runs the jobs to their ends; each is killed once, as by spot reclaim, when `reclaim` says so."""
        waiting = [Run(job, self.folder / f"{job['jobId']}.records") for job in jobs]
        running: list[Run] = []
        finished: list[Run] = []
        try:
            while waiting or running:
                while waiting and len(running) < self.slots:
                    run = waiting.pop(0)
                    self._start(run)
                    running.append(run)
                for run in list(running):
                    was_killed = run.process.poll() is None and not run.killed and reclaim(run.job)
                    if was_killed:
                        run.process.kill()
                        run.process.wait()
                        run.killed = True
                    if run.process.poll() is None:
                        continue
                    running.remove(run)
                    run.exit_code = None if was_killed else run.process.returncode
                    reason = SPOT_RECLAIM if was_killed else ESSENTIAL_EXIT
                    (waiting if starts_again(run.job, run.attempt, run.exit_code, reason) else finished).append(run)
                time.sleep(0.02)
        finally:
            for run in running:
                run.process.kill()
                run.process.wait()
        return finished

    def _start(self, run: Run) -> None:
        run.attempt += 1
        container = {item["name"]: item["value"] for item in run.job["container"]["environment"]}
        batch = {"AWS_BATCH_JOB_ID": run.job["jobId"], "AWS_BATCH_JOB_ATTEMPT": str(run.attempt)}
        with run.output.open("ab") as records, run.output.with_suffix(".log").open("ab") as log:
            run.process = subprocess.Popen(
                command(run.job),
                env={**self.environment, **container, **batch},
                stdin=subprocess.DEVNULL,
                stdout=records,
                stderr=log,
                start_new_session=True,
            )
