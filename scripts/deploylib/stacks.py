"""The stack in CloudFormation: made, changed, described, removed."""

from __future__ import annotations

import re
import sys
import time
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from .problem import Problem

# Names are made of it: the longest, of the rule STACK-start-workers, may have 64 letters (EventBridge API Reference,
# PutRule). The image's repository has it in small letters, which allows no hyphens side by side or at the end.
LONGEST_NAME = 50
NAME = re.compile(r"[A-Za-z](-?[A-Za-z0-9])+")
NEVER_MADE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# Seconds between looks, and how many of them: an update waits for as long as jobs run.
EVERY = 5
HOUR, DAY = 3600 // EVERY, 86400 // EVERY
NOTHING_TO_CHANGE = ("didn't contain changes", "No updates are to be performed", "no changes")


def check_name(name: str) -> None:
    """Raises Problem for a stack's name that the names of its resources cannot be made of."""
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise Problem(
            f"the stack's name {name!r} is no 2 to {LONGEST_NAME} letters, digits and single hyphens, a letter first"
        )


def outputs(cloudformation: Any, name: str) -> dict[str, str]:
    """What a stack says of itself; Problem where there is none."""
    found = describe(cloudformation, name)
    if found is None:
        raise Problem(f"there is no stack {name} in this account and region; run make install, or name it by --stack")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def parameters(cloudformation: Any, name: str) -> dict[str, str]:
    """What a stack was given; nothing where there is none."""
    found = describe(cloudformation, name) or {}
    return {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}


def sharing(cloudformation: Any, name: str, value: str) -> list[str]:
    """The stacks of this region that have a parameter of this name and value."""
    pages = cloudformation.get_paginator("describe_stacks").paginate()
    wanted = {"ParameterKey": name, "ParameterValue": value}
    found = [stack for page in pages for stack in page["Stacks"]]
    return [stack["StackName"] for stack in found if wanted in stack.get("Parameters", [])]


def describe(cloudformation: Any, name: str) -> dict[str, Any] | None:
    try:
        (found,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise Problem(f"the stack cannot be described: {error}") from None
    # One that is under review has never been made.
    return None if found["StackStatus"] == "REVIEW_IN_PROGRESS" else found


class Change:
    """A change set: what would be done, before it is done."""

    def __init__(self, cloudformation: Any, name: str, body: str, parameters: dict[str, str]) -> None:
        self.cloudformation = cloudformation
        self.name = name
        self.is_new = describe(cloudformation, name) is None
        self.id = cloudformation.create_change_set(
            StackName=name,
            ChangeSetName=f"s3haul-{int(time.time())}",
            ChangeSetType="CREATE" if self.is_new else "UPDATE",
            TemplateBody=body,
            Capabilities=CAPABILITIES,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )["Id"]
        self.changes = self._changes()

    def _changes(self) -> list[str]:
        """A line for each change; none when the stack is as it should be."""
        while True:
            found = self.cloudformation.describe_change_set(ChangeSetName=self.id, StackName=self.name)
            if found["Status"] == "FAILED":
                reason = found.get("StatusReason", "")
                if any(text in reason for text in NOTHING_TO_CHANGE):
                    return []
                raise Problem(f"CloudFormation refuses the change: {reason}")
            if found["Status"] == "CREATE_COMPLETE":
                break
            time.sleep(2)
        changes = [change["ResourceChange"] for change in found["Changes"]]
        return [f"{change['Action']:<8}{change['LogicalResourceId']}  {change['ResourceType']}" for change in changes]

    def execute(self) -> None:
        """Makes the change, and waits for its end."""
        self.cloudformation.execute_change_set(ChangeSetName=self.id, StackName=self.name)
        kind, looks = ("stack_create_complete", HOUR) if self.is_new else ("stack_update_complete", DAY)
        try:
            waiter = self.cloudformation.get_waiter(kind)
            waiter.wait(StackName=self.name, WaiterConfig={"Delay": EVERY, "MaxAttempts": looks})
        except WaiterError:
            still_under_way(self.cloudformation, self.name)
            raise Problem(f"the stack {self.name} was not brought about: {self._reason()}") from None

    def _reason(self) -> str:
        """The first failure: what follows was only cancelled by it."""
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failures = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
        if not failures:
            return "CloudFormation does not say why"
        return f"{failures[0]['LogicalResourceId']}: {failures[0].get('ResourceStatusReason', 'no reason is given')}"

    def discard(self) -> None:
        if self.is_new:
            self.cloudformation.delete_stack(StackName=self.name)
        else:
            self.cloudformation.delete_change_set(ChangeSetName=self.id, StackName=self.name)


def still_under_way(cloudformation: Any, name: str) -> None:
    """Raises Problem for a stack that CloudFormation has not done with."""
    found = describe(cloudformation, name)
    if found and found["StackStatus"].endswith("_IN_PROGRESS"):
        raise Problem(f"the stack {name} is still under way ({found['StackStatus']}); look again in a while")


def clear_failed(cloudformation: Any, name: str, *, yes: bool) -> None:
    """Removes what a first installation that failed has left: CloudFormation can only delete such a stack."""
    found = describe(cloudformation, name)
    if found is None or found["StackStatus"] not in NEVER_MADE:
        return
    if not confirm(f"The first installation of {name} failed. Remove its remains, to begin anew?", yes=yes):
        raise Problem(f"the stack {name} is {found['StackStatus']}, and can only be removed; nothing was changed")
    remove(cloudformation, name)


def remove(cloudformation: Any, name: str) -> None:
    """Removes a stack, and waits for its end."""
    cloudformation.delete_stack(StackName=name)
    try:
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=name, WaiterConfig={"Delay": EVERY, "MaxAttempts": HOUR})
    except WaiterError as error:
        still_under_way(cloudformation, name)
        raise Problem(f"the stack {name} is not gone: {error}; the console shows which resource stays") from None


def confirm(question: str, *, yes: bool) -> bool:
    """Whether whoever sits at the terminal agrees; `yes` has agreed already."""
    if yes:
        return True
    if not sys.stdin.isatty():
        raise Problem("there is no terminal to ask at; give --yes to go on without a question")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
