"""The AWS account that is worked on: whose credentials these are, and clients for it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .problem import Problem


@dataclass(frozen=True)
class Account:
    """An account, seen with the caller's credentials in one region."""

    id: str
    region: str
    caller: str
    session: boto3.Session

    @property
    def partition(self) -> str:
        """What ARNs of the account begin with after `arn:`, such as `aws` or `aws-cn`."""
        return self.caller.split(":")[1]

    def client(self, service: str) -> Any:
        return self.session.client(service, config=Config(retries={"mode": "standard", "max_attempts": 8}))


def account(region: str | None = None) -> Account:
    """The account of the credentials in the environment or the profile.

    Raises Problem where there are none, or no region.
    """
    try:
        session = boto3.Session(region_name=region or os.environ.get("AWS_REGION"))
        if not session.region_name:
            raise Problem("no region is set; give --region, or set AWS_REGION")
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise Problem(
            f"there are no AWS credentials that work ({error}); set AWS_PROFILE, or log in with aws sso login"
        ) from None
    return Account(identity["Account"], session.region_name, identity["Arn"], session)
