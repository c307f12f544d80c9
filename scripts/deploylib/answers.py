"""The parameters of a stack: asked once, checked as CloudFormation would check them, and remembered."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from .problem import Problem

# What nobody can know but who installs it. All else has a default that is good; --parameter sets it.
ASKED = ["SourceBucketArns", "DestinationBucket", "DestinationPrefix", "Mode", "AlarmEmail"]
ASKED_OF = {
    "plain": [*ASKED, "KmsKeyArn"],
    "publisher": [*ASKED, "KmsKeyArn", "SubscriberCanonicalUserId"],
    "subscriber": [*ASKED, "SourceKmsKeyArns"],
}
# What may be left empty in general, but not by these.
NEEDED_BY = {"publisher": ["KmsKeyArn", "SubscriberCanonicalUserId"]}


class Answers:
    """What was answered for a stack, in a file of its own."""

    def __init__(self, folder: Path, stack: str) -> None:
        self.file = folder / f"{stack}.json"
        try:
            self.values: dict[str, str] = json.loads(self.file.read_text())
        except FileNotFoundError:
            self.values = {}
        except ValueError as error:
            raise Problem(f"{self.file} is no JSON ({error}); mend it, or remove it to be asked again") from None

    def save(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.values, indent=2, sort_keys=True) + "\n")


def problem_with(name: str, value: str, parameter: dict[str, Any]) -> str | None:
    """What CloudFormation would say against a value; None when it would take it."""
    parts = value.split(",") if parameter["Type"] == "CommaDelimitedList" and value else [value]
    pattern, allowed = parameter.get("AllowedPattern"), parameter.get("AllowedValues")
    for part in parts:
        if allowed and part not in map(str, allowed):
            return f"{name} must be one of {', '.join(str(one) or 'nothing' for one in allowed)}"
        if pattern and not re.fullmatch(pattern, part):
            return f"{name} {parameter.get('ConstraintDescription', f'must match {pattern}')}, and {part!r} does not"
        if parameter["Type"] == "Number" and not part.isdigit():
            return f"{name} must be a number, and {part!r} is none"
        if parameter["Type"] == "Number":
            least, most = parameter.get("MinValue", 0), parameter.get("MaxValue", float("inf"))
            if not least <= int(part) <= most:
                return f"{name} must be from {least} to {most}"
    return None


def as_arns(name: str, value: str, partition: str) -> str:
    """Names of buckets are as good as their ARNs."""
    if name != "SourceBucketArns" or not value:
        return value
    names = (part.strip() for part in value.split(","))
    return ",".join(part if part.startswith("arn:") else f"arn:{partition}:s3:::{part}" for part in names)


def complete(
    parameters: dict[str, dict[str, Any]],
    answers: Answers,
    given: dict[str, str],
    partition: str,
    *,
    again: bool = False,
) -> dict[str, str]:
    """The parameters of a stack: given, or remembered, or asked for; in the end all are remembered."""
    unknown = sorted(given.keys() - parameters.keys())
    if unknown:
        raise Problem(f"the template has no parameter {', '.join(unknown)}")
    values = {**answers.values, **{name: as_arns(name, value, partition) for name, value in given.items()}}
    variant = values.get("Variant", "plain")
    if problem := problem_with("Variant", variant, parameters["Variant"]):
        raise Problem(problem)
    for name in ASKED_OF[variant]:
        if name not in given and (again or name not in values):
            needed = name in NEEDED_BY.get(variant, [])
            values[name] = _ask(name, parameters[name], values.get(name), partition, needed=needed)
    for name, value in values.items():
        if problem := problem_with(name, value, parameters[name]):
            raise Problem(problem)
    missing = [name for name in NEEDED_BY.get(variant, []) if not values.get(name)]
    if missing:
        raise Problem(f"a {variant} needs {' and '.join(missing)}")
    answers.values = values
    answers.save()
    return dict(values)


def _ask(name: str, parameter: dict[str, Any], remembered: str | None, partition: str, *, needed: bool) -> str:
    default = remembered if remembered is not None else parameter.get("Default")
    if not sys.stdin.isatty() and default is not None and not needed:
        return str(default)
    if not sys.stdin.isatty() and not remembered:
        raise Problem(f"{name} is not known, and there is no terminal to ask at; give --parameter {name}=VALUE")
    print(f"\n{' '.join(parameter['Description'].split())}", file=sys.stderr)
    while True:
        shown = f" [{default}]" if default else ""
        print(f"{name}{shown}: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise Problem("the questions were not answered; nothing was changed")
        value = as_arns(name, line.strip() or str(default or ""), partition)
        problem = problem_with(name, value, parameter)
        if not problem and not value and (needed or default is None):
            problem = f"{name} cannot be left out"
        if not problem:
            return value
        print(f"  {problem}", file=sys.stderr)
