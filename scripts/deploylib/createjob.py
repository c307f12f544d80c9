"""Creates an S3 Batch Operations job that invokes the driver for every object of a manifest, and follows it to its end.

The job is made in the region of the stack, with the stack's role, and its report goes to the stack's bucket. It waits
until it is confirmed, with the number of its objects to look at. Exit codes: 0 all done; 1 done, but some objects
failed, and the report says which; 2 the job could not be made, or has failed.

    scripts/generate-inventory media > media.csv
    scripts/create-job --manifest media.csv
    scripts/create-job --manifest media.csv --user-argument destinationPrefix=2026/ --user-argument storageClass=GLACIER
    scripts/create-job --manifest s3://inventory/media/2026-11-20T01-00Z/manifest.json --yes --no-follow
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from . import stacks
from .account import Account, account
from .manifests import Manifest, place
from .problem import Problem, run

ENDED = {"Complete", "Failed", "Cancelled"}
# Of AWS Batch jobs that are not over.
UNDER_WAY = ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING"]


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
        """A job that waits to be confirmed; the same call again gives the same job."""
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
        # A day's repetitions are one job: a lost answer, or the same command entered twice.
        identity = json.dumps([time.strftime("%Y-%m-%d", time.gmtime()), job], sort_keys=True)
        try:
            token = str(uuid.uuid5(uuid.NAMESPACE_URL, identity))
            return self.s3control.create_job(ClientRequestToken=token, **job)["JobId"]
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
        pages = batch.get_paginator("list_jobs").paginate(jobQueue=made["JobQueue"], jobStatus=state)
        if count := sum(len(page["jobSummaryList"]) for page in pages):
            jobs[state] = count
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=made["TaskQueueUrl"], AttributeNames=names)["Attributes"]
    return jobs, sum(int(counts[name]) for name in names)


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
    return conclude(job, made)


if __name__ == "__main__":
    run("create-job", main)
