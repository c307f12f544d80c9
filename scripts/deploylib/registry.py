"""The image in Amazon ECR."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from typing import Any

from .account import Account
from .containers import container_tool
from .problem import Problem

LOCAL_IMAGE = "localhost/s3haul:latest"
KEPT_IMAGES = 10


def push(account: Account, repository: str, architecture: str) -> str:
    """Puts the image into the account's repository, which is made if there is none; gives its tag.

    The tag is made of what is in the image: where it is there already, nothing is sent.
    """
    image = _inspect(LOCAL_IMAGE)
    # Of both names: the image's, and the template's.
    built = {"amd64": "x86_64"}.get(image.get("Architecture", ""), image.get("Architecture", "unknown"))
    if built != architecture:
        raise Problem(
            f"{LOCAL_IMAGE} is for {built}, and the stack for {architecture}; give --parameter Architecture={built}, "
            f"or run make install ARCHITECTURE={architecture}, which builds the image for it"
        )
    labels = image.get("Labels") or image.get("Config", {}).get("Labels") or {}
    version = labels.get("org.opencontainers.image.version", "unknown")
    tag = f"{version}-{image['Id'].removeprefix('sha256:')[:12]}".replace("/", "-")[:128]
    ecr = account.client("ecr")
    uri = _repository(ecr, repository)
    if _is_there(ecr, repository, tag):
        print(f"install: {uri}:{tag} is there already", file=sys.stderr)
        return tag
    print(f"install: pushing {uri}:{tag}", file=sys.stderr)
    registry = uri.split("/")[0]
    (login,) = ecr.get_authorization_token()["authorizationData"]
    user, password = base64.b64decode(login["authorizationToken"]).decode().split(":", 1)
    _run("login", "--username", user, "--password-stdin", registry, input=password)
    _run("tag", LOCAL_IMAGE, f"{uri}:{tag}")
    _run("push", f"{uri}:{tag}")
    return tag


def _inspect(image: str) -> dict[str, Any]:
    command = [container_tool(), "image", "inspect", image]
    inspected = subprocess.run(command, capture_output=True, text=True, check=False)
    if inspected.returncode != 0:
        raise Problem(f"there is no image {image}; run make image")
    return json.loads(inspected.stdout)[0]


def _repository(ecr: Any, name: str) -> str:
    try:
        return ecr.describe_repositories(repositoryNames=[name])["repositories"][0]["repositoryUri"]
    except ecr.exceptions.RepositoryNotFoundException:
        print(f"install: making the repository {name}", file=sys.stderr)
    made = ecr.create_repository(
        repositoryName=name,
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfiguration={"encryptionType": "AES256"},
    )
    rule = {
        "rulePriority": 1,
        "description": f"Keep the last {KEPT_IMAGES} images",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES},
        "action": {"type": "expire"},
    }
    ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    return made["repository"]["repositoryUri"]


def _is_there(ecr: Any, repository: str, tag: str) -> bool:
    found = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])
    return bool(found["images"])


def _run(*arguments: str, input: str | None = None) -> None:
    ended = subprocess.run([container_tool(), *arguments], input=input, stdout=sys.stderr, text=True, check=False)
    if ended.returncode != 0:
        raise Problem(f"{container_tool()} {arguments[0]} failed; see above")
