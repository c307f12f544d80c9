"""template.yaml as data, and as what CloudFormation makes of it for given parameters.

A resource stands for itself: what refers to it, by its name, ARN or URL, becomes its logical id.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackName": "s3haul",
    "AWS::URLSuffix": "amazonaws.com",
}
ABSENT = object()
# What CreateChangeSet takes as TemplateBody (CloudFormation API Reference).
BODY_BYTES = 51_200


class _Loader(yaml.SafeLoader):
    pass


def _function(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt":
        value = value.split(".", 1)
    return {tag if tag in ("Ref", "Condition") else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _function)


def load(path: Path) -> dict[str, Any]:
    return yaml.load(path.read_text(), _Loader)


def body(template: dict[str, Any]) -> str:
    """The template as CloudFormation takes it: up to `BODY_BYTES`, so without what only tools and people read."""
    template = {name: section for name, section in template.items() if name != "Metadata"}
    resources = {
        name: {key: value for key, value in resource.items() if key != "Metadata" or _is_read(value)}
        for name, resource in template["Resources"].items()
    }
    for name, resource in resources.items():
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            properties = resource["Properties"]
            shown = {"Fn::Sub": _dense(json.loads(properties["DashboardBody"]["Fn::Sub"]))}
            resources[name] = {**resource, "Properties": {**properties, "DashboardBody": shown}}
    return _dense({**template, "Resources": resources})


def _dense(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _is_read(metadata: dict[str, Any]) -> bool:
    """Whether CloudFormation reads metadata: what it refers to is made before."""
    return "Ref" in json.dumps(metadata)


class Stack:
    """The template with its parameters put in; those that are not given have their defaults."""

    def __init__(self, template: dict[str, Any], **parameters: str) -> None:
        self.template = template
        self.parameters = {}
        for name, parameter in template["Parameters"].items():
            value = str(parameters[name]) if name in parameters else str(parameter["Default"])
            is_list = parameter["Type"] == "CommaDelimitedList"
            self.parameters[name] = value.split(",") if is_list else value
        unknown = parameters.keys() - template["Parameters"].keys()
        if unknown:
            raise ValueError(f"the template has no parameters {sorted(unknown)}")

    def resources(self, kind: str = "") -> dict[str, dict[str, Any]]:
        """The properties of the resources that are made, of one type or of all."""
        made = {}
        for name, resource in self.template["Resources"].items():
            is_made = "Condition" not in resource or self.holds(resource["Condition"])
            if is_made and resource["Type"].startswith(kind):
                made[name] = self.resolve(resource.get("Properties", {}))
        return made

    def holds(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((function, value),) = condition.items()
        match function:
            case "Condition":
                return self.holds(value)
            case "Fn::Equals":
                left, right = (self.resolve(side) for side in value)
                return left == right
            case "Fn::Not":
                return not self.holds(value[0])
            case "Fn::Or":
                return any(self.holds(one) for one in value)
            case "Fn::And":
                return all(self.holds(one) for one in value)
        raise ValueError(f"unknown condition {function}")

    def resolve(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self.resolve, value) if item is not ABSENT]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._call(function, argument)
        resolved = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in resolved.items() if item is not ABSENT}

    def _call(self, function: str, argument: Any) -> Any:
        match function:
            case "Ref":
                return self._value(argument)
            case "Fn::GetAtt":
                return argument[0]
            case "Fn::If":
                return self.resolve(argument[1] if self.holds(argument[0]) else argument[2])
            case "Fn::Join":
                return argument[0].join(self.resolve(argument[1]))
            case "Fn::Split":
                return self.resolve(argument[1]).split(argument[0])
            case "Fn::Select":
                return self.resolve(argument[1])[int(argument[0])]
            case "Fn::GetAZs":
                return [f"{PSEUDO['AWS::Region']}{letter}" for letter in "ab"]
            case "Fn::Base64":
                return self.resolve(argument)
            case "Fn::Sub":
                text, extra = argument if isinstance(argument, list) else (argument, {})
                return re.sub(r"\$\{([^}]+)\}", lambda name: self._substitute(name[1], extra), text)
        raise ValueError(f"unknown function {function}")

    def _substitute(self, name: str, extra: dict[str, Any]) -> str:
        return self.resolve(extra[name]) if name in extra else self._value(name.split(".")[0])

    def _value(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return ABSENT
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        if name not in self.template["Resources"]:
            raise ValueError(f"nothing is named {name}")
        return name
