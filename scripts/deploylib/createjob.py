"""Creates an S3 Batch Operations job that invokes the driver for every object of a manifest, and follows it to its end.

The job is made in the region of the stack, with the stack's role, and its report goes to the stack's bucket. It waits
until it is confirmed, with the number of its objects to look at. Exit codes: 0 all done; 1 done, but some objects
failed: the report says which, or AWS Batch jobs of this run failed, or messages were set aside, which are named; 2 the
job could not be made, or has failed.

    scripts/generate-inventory media > media.csv
    scripts/create-job --manifest media.csv
    scripts/create-job --manifest media.csv --user-argument destinationPrefix=2026/ --user-argument storageClass=GLACIER
    scripts/create-job --manifest s3://inventory/media/2026-11-20T01-00Z/manifest.json --yes --no-follow
"""

from __future__ import annotations

import argparse
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from . import stacks
from .account import Account, account
from .manifests import Manifest, place
from .problem import Problem, run

ENDED = {"Complete", "Failed", "Cancelled"}
# Of AWS Batch jobs that are not over.
UNDER_WAY = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"]
# The driver's tag of a job: the id of the S3 Batch Operations job.
RUN_TAG = "s3haul:run"
# DescribeJobs takes up to 100 (AWS Batch API Reference, DescribeJobs).
DESCRIBED_AT_ONCE = 100
SHOWN_FAILURES = 20
# Seconds that this machine's clock may be ahead.
CLOCK_SKEW = 300


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/create-job", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--manifest", required=True, help="a CSV file, an object, or an inventory's manifest.json")
    parser.add_argument("--stack", default="s3haul", help="the stack's name (default: s3haul)")
    parser.add_argument("--region", help="the region (default: AWS_REGION, or the profile's)")
    parser.add_argument(
        "--user-argument", action="append", default=[], metavar="NAME=VALUE", help="a setting for this job alone"
    )
    parser.add_argument("--description", default="s3haul", help="what the console shows of the job")
    parser.add_argument("--priority", type=int, default=10, help="higher ones go first (default: 10)")
    parser.add_argument("--report", choices=["all", "failed"], default="all", help="which objects it lists")
    parser.add_argument("--yes", action="store_true", help="confirm the job without a question")
    parser.add_argument("--no-follow", dest="follow", action="store_false", help="end when the job runs")
    parser.add_argument("--every", type=float, default=10, metavar="SECONDS", help="how often to look (default: 10)")
    arguments = parser.parse_args()
    if wrong := [pair for pair in arguments.user_argument if "=" not in pair]:
        raise Problem(f"--user-argument {wrong[0]}: it must be NAME=VALUE")
    return arguments


class BatchOperations:
    """The S3 Batch Operations jobs of an account."""

    def __init__(self, where: Account) -> None:
        self.where = where
        self.s3control = where.client("s3control")

    def create(self, arguments: argparse.Namespace, made: dict[str, str], manifest: Manifest) -> str:
        """A job that waits to be confirmed."""
        user_arguments = dict(pair.split("=", 1) for pair in arguments.user_argument)
        partition = made["DriverArn"].split(":")[1]
        invoke: dict[str, Any] = {"FunctionArn": made["DriverArn"], "InvocationSchemaVersion": "2.0"}
        if user_arguments:
            invoke["UserArguments"] = user_arguments
        job = {
            "AccountId": self.where.id,
            "ConfirmationRequired": True,
            "Description": arguments.description,
            "Operation": {"LambdaInvoke": invoke},
            "Manifest": manifest.location(partition),
            "Report": {
                "Bucket": f"arn:{partition}:s3:::{made['StateBucket']}",
                "Prefix": "reports",
                "Format": "Report_CSV_20180820",
                "Enabled": True,
                "ReportScope": "AllTasks" if arguments.report == "all" else "FailedTasksOnly",
            },
            "Priority": arguments.priority,
            "RoleArn": made["BatchOperationsRoleArn"],
        }
        try:
            # Of this call, which boto3 repeats when the answer is lost: the same manifest may well be run again.
            return self.s3control.create_job(ClientRequestToken=str(uuid.uuid4()), **job)["JobId"]
        except ClientError as error:
            raise Problem(f"S3 Batch Operations does not take the job: {error}") from None

    def describe(self, job: str) -> dict[str, Any]:
        return self.s3control.describe_job(AccountId=self.where.id, JobId=job)["Job"]

    def decide(self, job: str, status: str, reason: str) -> None:
        self.s3control.update_job_status(
            AccountId=self.where.id, JobId=job, RequestedJobStatus=status, StatusUpdateReason=reason
        )

    def until(self, job: str, states: set[str], every: float) -> dict[str, Any]:
        """The job when it is in one of the states, or has ended."""
        shown = ""
        while True:
            described = self.describe(job)
            line = progress(described)
            if line != shown:
                print(f"create-job: {line}", file=sys.stderr)
                shown = line
            if described["Status"] in states | ENDED:
                return described
            time.sleep(every)


def progress(job: dict[str, Any]) -> str:
    """One line on how far a job is."""
    summary = job.get("ProgressSummary") or {}
    total = summary.get("TotalNumberOfTasks", 0)
    done, failed = summary.get("NumberOfTasksSucceeded", 0), summary.get("NumberOfTasksFailed", 0)
    share = f"{(done + failed) / total:.0%}, " if total else ""
    return f"{job['Status']}: {share}{done:,} of {total:,} objects done, {failed:,} failed"


def still_to_do(where: Account, made: dict[str, str]) -> tuple[dict[str, int], int]:
    """What the driver handed on and is not over: AWS Batch jobs by state, and messages in the queue."""
    batch, sqs = where.client("batch"), where.client("sqs")
    jobs = {}
    for state in UNDER_WAY:
        if count := sum(1 for _ in jobs_in(batch, made["JobQueue"], state)):
            jobs[state] = count
    return jobs, messages_in(sqs, made["TaskQueueUrl"])


def jobs_in(batch: Any, queue: str, state: str) -> Iterator[dict[str, Any]]:
    for page in batch.get_paginator("list_jobs").paginate(jobQueue=queue, jobStatus=state):
        yield from page["jobSummaryList"]


def messages_in(sqs: Any, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(counts[name]) for name in names)


def failed_since(where: Account, made: dict[str, str], since: float, run: str) -> list[str]:
    """A line for each AWS Batch job made since then (in seconds) that failed: copies of this run, and workers."""
    batch = where.client("batch")
    # AWS Batch's clock is not this machine's, and counts milliseconds.
    earliest = (since - CLOCK_SKEW) * 1000
    late = [job for job in jobs_in(batch, made["JobQueue"], "FAILED") if job.get("createdAt", earliest) >= earliest]
    lines = []
    for start in range(0, len(late), DESCRIBED_AT_ONCE):
        ids = [job["jobId"] for job in late[start : start + DESCRIBED_AT_ONCE]]
        for job in batch.describe_jobs(jobs=ids)["jobs"]:
            # A worker that drains the queue is of no run.
            if job.get("tags", {}).get(RUN_TAG, run) == run:
                lines.append(f"{job['jobName']} ({job['jobId']}): {job.get('statusReason', 'no reason is given')}")
    return lines


def follow_the_rest(where: Account, made: dict[str, str], every: float) -> None:
    """Waits until nothing is under way in AWS Batch and the queue."""
    shown = ""
    while True:
        jobs, messages = still_to_do(where, made)
        if not jobs and not messages:
            print("create-job: AWS Batch and the queue have nothing left to do", file=sys.stderr)
            return
        states = ", ".join(f"{count:,} {state}" for state, count in jobs.items()) or "none"
        line = f"AWS Batch jobs: {states}; messages in the queue: {messages:,}"
        if line != shown:
            print(f"create-job: {line}", file=sys.stderr)
            shown = line
        time.sleep(every)


def rest_failed(where: Account, made: dict[str, str], since: float, run: str, dead_before: int) -> bool:
    """Whether something failed that the driver handed on, which is not in the report; says what."""
    jobs = failed_since(where, made, since, run)
    for line in jobs[:SHOWN_FAILURES]:
        print(f"create-job: AWS Batch job failed: {line}", file=sys.stderr)
    if len(jobs) > SHOWN_FAILURES:
        print(f"create-job: {len(jobs) - SHOWN_FAILURES:,} more AWS Batch jobs failed", file=sys.stderr)
    dead = messages_in(where.client("sqs"), made["DeadLetterQueueUrl"]) - dead_before
    if dead > 0:
        print(f"create-job: {dead:,} messages were set aside, in {made['DeadLetterQueueUrl']}", file=sys.stderr)
    if jobs or dead > 0:
        print("create-job: docs/operate.md says what to do, under JobsFailed and DeadLetters", file=sys.stderr)
    return bool(jobs) or dead > 0


def conclude(job: dict[str, Any], made: dict[str, str]) -> int:
    """What came of the job, and where the rest is."""
    failed = (job.get("ProgressSummary") or {}).get("NumberOfTasksFailed", 0)
    for reason in job.get("FailureReasons") or []:
        print(f"create-job: {reason.get('FailureCode')}: {reason.get('FailureReason')}", file=sys.stderr)
    print(f"s3://{made['StateBucket']}/reports/job-{job['JobId']}/manifest.json")
    if job["Status"] != "Complete":
        raise Problem(f"the job is {job['Status']}")
    return 1 if failed else 0


def main() -> int:
    arguments = parse()
    where = account(arguments.region)
    made = stacks.outputs(where.client("cloudformation"), arguments.stack)
    manifest = place(where.client("s3"), arguments.manifest, made["StateBucket"])
    operations = BatchOperations(where)
    begun, dead_before = time.time(), messages_in(where.client("sqs"), made["DeadLetterQueueUrl"])
    job_id = operations.create(arguments, made, manifest)
    print(f"create-job: job {job_id}", file=sys.stderr)
    job = operations.until(job_id, {"Suspended", "Ready", "Active"}, arguments.every)
    if job["Status"] == "Suspended":
        total = (job.get("ProgressSummary") or {}).get("TotalNumberOfTasks", 0)
        if not stacks.confirm(f"Run it for {total:,} objects?", yes=arguments.yes):
            operations.decide(job_id, "Cancelled", "not confirmed")
            print("create-job: the job is cancelled", file=sys.stderr)
            return 0
        operations.decide(job_id, "Ready", "confirmed by create-job")
    if not arguments.follow:
        return 0 if job["Status"] not in ENDED else conclude(job, made)
    job = operations.until(job_id, set(), arguments.every)
    if job["Status"] == "Complete":
        follow_the_rest(where, made, arguments.every)
    lost = rest_failed(where, made, begun, job_id, dead_before)
    return conclude(job, made) or int(lost)


if __name__ == "__main__":
    run("create-job", main)
