"""Whether Lambda can reserve for a stack's driver what DriverConcurrency asks for."""

from __future__ import annotations

import sys
from typing import Any

from botocore.exceptions import ClientError

from .problem import Problem

# Lambda leaves so many to functions without a reservation (Lambda Developer Guide, "Configuring reserved concurrency").
LEFT_UNRESERVED = 100


def check(functions: Any, stack: str, wanted: int) -> None:
    """Raises Problem where CloudFormation would fail at it, halfway through an installation.

    A new account has a quota of 10 or so, of which nothing can be reserved.
    """
    if wanted == 0:
        return
    try:
        limit = functions.get_account_settings()["AccountLimit"]
    except ClientError as error:
        if not error.response["Error"]["Code"].startswith("AccessDenied"):
            raise
        print("install: Lambda's limits are not to be seen; nothing says whether it can reserve", file=sys.stderr)
        return
    own = sum(_reserved(functions, f"{stack}-{kind}") for kind in ("driver", "driver-zip"))
    most = max(limit["UnreservedConcurrentExecutions"] + own - LEFT_UNRESERVED, 0)
    if wanted > most:
        raise Problem(
            f"DriverConcurrency is {wanted}, and Lambda can reserve {most} of this account's "
            f"{limit['ConcurrentExecutions']} concurrent executions; give --parameter DriverConcurrency=0 to reserve "
            "none, or have the quota raised: Service Quotas, AWS Lambda, Concurrent executions"
        )


def _reserved(functions: Any, name: str) -> int:
    try:
        return functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0)
    except functions.exceptions.ResourceNotFoundException:
        return 0
