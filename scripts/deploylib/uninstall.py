"""Removes what scripts/install made: driver, queues' alarms, compute environment, roles, network.

What may hold something stays: the state bucket with manifests, records and reports, the queue and its dead letters, and
the images. They are listed in the end, with the commands that remove them.
"""

from __future__ import annotations

import argparse
import sys

from . import stacks
from .account import account
from .problem import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/uninstall", description=__doc__)
    parser.add_argument("--stack", default="s3haul", help="the stack's name (default: s3haul)")
    parser.add_argument("--region", help="the region (default: AWS_REGION, or the profile's)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    arguments = parser.parse_args()
    where = account(arguments.region)
    cloudformation = where.client("cloudformation")
    made = stacks.outputs(cloudformation, arguments.stack)
    repository = stacks.parameters(cloudformation, arguments.stack).get("ImageRepository", "s3haul")
    question = f"Remove the stack {arguments.stack} in {where.region} of account {where.id}?"
    if not stacks.confirm(question, yes=arguments.yes):
        print("uninstall: nothing was removed", file=sys.stderr)
        return 0
    stacks.remove(cloudformation, arguments.stack)
    print("uninstall: the stack is gone; these stay, and this removes them:", file=sys.stderr)
    print(f"aws s3 rb --force s3://{made['StateBucket']}")
    for queue in ("TaskQueueUrl", "DeadLetterQueueUrl"):
        print(f"aws sqs delete-queue --queue-url {made[queue]}")
    if others := stacks.sharing(cloudformation, "ImageRepository", repository):
        print(f"uninstall: the repository {repository} has the images of {', '.join(others)} too", file=sys.stderr)
    else:
        print(f"aws ecr delete-repository --force --repository-name {repository}")
    return 0


if __name__ == "__main__":
    run("uninstall", main)
