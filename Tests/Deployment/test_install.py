"""scripts/install and scripts/uninstall against moto, with a container tool that only says what it was asked."""

from __future__ import annotations

import fnmatch

import pytest
from botocore.exceptions import WaiterError
from conftest import KEY, TEMPLATE, stack
from deploylib import stacks, template
from deploylib.answers import as_arns, problem_with
from deploylib.problem import Problem
from machines import REQUIRED, moto


def test_an_installation(machine):
    done = machine.install("--yes", *REQUIRED)
    assert done.returncode == 0, done.stderr
    assert "Add     TaskQueue  AWS::SQS::Queue" in done.stdout
    (stack,) = moto("cloudformation").describe_stacks(StackName=machine.stack)["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert parameters["DestinationBucket"] == "archive"
    assert parameters["ImageTag"] == "1.2.3-" + "ab" * 6
    asked = machine.asked.read_text().splitlines()
    pushed = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/{machine.stack}:{parameters['ImageTag']}"
    assert asked[-1] == f"push {pushed}" and asked[1].startswith("login --username AWS --password-stdin 123456789012.")
    (repository,) = moto("ecr").describe_repositories(repositoryNames=[machine.stack])["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}

    again = machine.install("--yes", "--parameter", "DestinationPrefix=copies/")
    assert again.returncode == 0, again.stderr
    assert machine.remembered()["SourceBucketArns"] == "arn:aws:s3:::media,arn:aws:s3:::more"
    assert machine.remembered()["DestinationPrefix"] == "copies/"


def test_questions_are_asked_once(machine):
    typed = ["media", "NO_BUCKET", "archive", "", "archive", "me@example.com", "", "y"]
    done = machine.install(typed="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stderr
    assert "'NO_BUCKET' does not" in done.stderr
    assert machine.remembered() == {
        "SourceBucketArns": "arn:aws:s3:::media",
        "DestinationBucket": "archive",
        "DestinationPrefix": "",
        "Mode": "archive",
        "AlarmEmail": "me@example.com",
        "KmsKeyArn": "",
        "ImageRepository": machine.stack,
    }
    again = machine.install("--dry-run", typed="")
    assert again.returncode == 0, again.stderr
    assert "DestinationBucket" not in again.stderr


def test_a_publisher_is_asked_for_key_and_subscriber(machine):
    refused = machine.install("--variant", "publisher", "--yes", *REQUIRED)
    assert refused.returncode == 2
    assert "KmsKeyArn is not known" in refused.stderr and refused.stderr.count("\n") == 2
    key = f"KmsKeyArn={KEY}"
    who = "SubscriberCanonicalUserId=" + "a" * 64
    done = machine.install("--variant", "publisher", "--yes", *REQUIRED, "--parameter", key, "--parameter", who)
    assert done.returncode == 0, done.stderr
    assert machine.remembered()["Variant"] == "publisher"


def test_a_dry_run_changes_nothing(machine):
    done = machine.install("--dry-run", *REQUIRED)
    assert done.returncode == 0 and "StateBucket" in done.stdout, done.stderr
    assert not machine.asked.exists()
    stacks = moto("cloudformation").describe_stacks()["Stacks"]
    assert machine.stack not in [one["StackName"] for one in stacks if one["StackStatus"] == "CREATE_COMPLETE"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "SourceBucketArns is not known, and there is no terminal to ask at"),
        (["--parameter", "Nothing=1"], "the template has no parameter Nothing"),
        (["--parameter", "Mode"], "it must be NAME=VALUE"),
        ([*REQUIRED, "--parameter", "Verify=often"], "Verify must be one of standard, deep"),
        ([*REQUIRED, "--parameter", "MaxVcpus=many"], "MaxVcpus must be a number"),
        ([*REQUIRED, "--parameter", "JobAttempts=11"], "JobAttempts must be from 1 to 10"),
        (REQUIRED, "there is no terminal to ask at; give --yes"),
    ],
)
def test_what_is_wrong_is_one_line(machine, arguments, complaint):
    done = machine.install(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_without_credentials_it_says_so(machine):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        machine.environment.pop(name)
    done = machine.install("--yes", *REQUIRED)
    assert done.returncode == 2 and "there are no AWS credentials that work" in done.stderr


@pytest.mark.parametrize(
    ("total", "reserved", "wanted", "most"),
    [(10, 0, 1, 0), (1000, 0, 901, 900), (1000, 0, 900, None), (1000, 500, 900, None), (10, 0, 0, None)],
)
def test_what_lambda_cannot_reserve_is_said_before_anything_is_done(machine, total, reserved, wanted, most):
    machine.limits.total = total
    machine.limits.reserved = {f"{machine.stack}-driver": reserved} if reserved else {}
    done = machine.install("--check", "--parameter", f"DriverConcurrency={wanted}")
    if most is None:
        assert done.returncode == 0, done.stderr
        return
    assert done.returncode == 2 and not machine.asked.exists()
    assert f"DriverConcurrency is {wanted}, and Lambda can reserve {most} of this account's {total}" in done.stderr
    assert "give --parameter DriverConcurrency=0" in done.stderr
    assert machine.install("--yes", *REQUIRED, "--parameter", f"DriverConcurrency={wanted}").returncode == 2


@pytest.mark.parametrize("name", ["s" * 51, "with_underscore", "two--hyphens", "1st", "last-"])
def test_a_name_that_no_resource_could_have_is_refused(machine, name):
    machine.stack = name
    done = machine.install("--check")
    assert done.returncode == 2 and f"the stack's name '{name}'" in done.stderr


def test_names_of_resources_are_as_short_as_aws_takes_them(monkeypatch):
    monkeypatch.setitem(template.PSEUDO, "AWS::StackName", "s" * stacks.LONGEST_NAME)
    made = stack(DriverZipBucket="programs").resources()
    named = {
        "AWS::Lambda::Function": ("FunctionName", 64),
        "AWS::Events::Rule": ("Name", 64),
        "AWS::Batch::JobQueue": ("JobQueueName", 128),
        "AWS::Batch::JobDefinition": ("JobDefinitionName", 128),
    }
    for name, resource in TEMPLATE["Resources"].items():
        if resource["Type"] in named:
            key, most = named[resource["Type"]]
            assert len(made[name][key]) <= most, name
    (trust,) = made["StarterRole"]["AssumeRolePolicyDocument"]["Statement"]
    pattern = trust["Condition"]["ArnLike"]["aws:SourceArn"].split("rule/")[1]
    starting = [name for name, rule in made.items() if "RoleArn" in str(rule.get("Targets"))]
    assert len(starting) == 2
    assert all(fnmatch.fnmatchcase(made[name]["Name"], pattern) for name in starting)


def test_buckets_are_those_of_the_callers_partition():
    assert as_arns("SourceBucketArns", "media, more", "aws-cn") == "arn:aws-cn:s3:::media,arn:aws-cn:s3:::more"


def test_answers_are_those_of_one_account_and_region(machine):
    assert machine.install("--yes", *REQUIRED).returncode == 0
    elsewhere = machine.install("--dry-run", "--region", "eu-central-1")
    assert elsewhere.returncode == 2 and "SourceBucketArns is not known" in elsewhere.stderr


def test_an_image_for_other_processors_is_refused(machine):
    done = machine.install("--yes", *REQUIRED, "--parameter", "Architecture=arm64")
    assert done.returncode == 2 and "is for x86_64, and the stack for arm64" in done.stderr
    assert "run make install ARCHITECTURE=arm64" in done.stderr
    assert "push" not in machine.asked.read_text()


class FailedStack:
    """CloudFormation with one stack, as a first installation that failed leaves it, or one that takes long."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.deleted = False

    def describe_stacks(self, **_: str):
        return {"Stacks": [{"StackStatus": self.status}]}

    def delete_stack(self, **_: str) -> None:
        self.deleted = True

    def get_waiter(self, _: str):
        return self

    def wait(self, *, WaiterConfig: dict[str, int], **_: str) -> None:
        assert WaiterConfig["Delay"] * WaiterConfig["MaxAttempts"] >= 3600
        if self.status.endswith("_IN_PROGRESS"):
            raise WaiterError("stack", "Max attempts exceeded", {})


@pytest.mark.parametrize(("status", "deleted"), [("ROLLBACK_COMPLETE", True), ("UPDATE_ROLLBACK_COMPLETE", False)])
def test_what_a_first_installation_left_is_removed(status, deleted):
    cloudformation = FailedStack(status)
    stacks.clear_failed(cloudformation, "s3haul", yes=True)
    assert cloudformation.deleted is deleted


def test_what_takes_long_has_not_failed():
    with pytest.raises(Problem, match="still under way"):
        stacks.remove(FailedStack("DELETE_IN_PROGRESS"), "s3haul")


def test_removing_it(installed):
    kept = installed.run("uninstall", "--stack", installed.stack, typed="n\n")
    assert kept.returncode == 0 and "nothing was removed" in kept.stderr
    gone = installed.run("uninstall", "--stack", installed.stack, "--yes")
    assert gone.returncode == 0, gone.stderr
    assert f"aws s3 rb --force s3://{installed.made['StateBucket']}" in gone.stdout
    assert f"--repository-name {installed.stack}\n" in gone.stdout
    again = installed.run("uninstall", "--stack", installed.stack, "--yes")
    assert again.returncode == 2 and f"there is no stack {installed.stack}" in again.stderr


def test_a_repository_that_others_use_is_not_removed(installed):
    repository = installed.stack
    installed.stack = f"{repository}-b"
    done = installed.install("--yes", *REQUIRED, "--parameter", f"ImageRepository={repository}")
    assert done.returncode == 0, done.stderr
    gone = installed.run("uninstall", "--stack", installed.stack, "--yes")
    assert gone.returncode == 0 and "delete-repository" not in gone.stdout, gone.stderr
    assert f"has the images of {repository} too" in gone.stderr


def test_values_are_checked_as_cloudformation_would():
    days = TEMPLATE["Parameters"]["LogRetentionDays"]
    assert problem_with("LogRetentionDays", "90", days) is None
    assert "must be one of 1, 3, 5" in problem_with("LogRetentionDays", "2", days)
