"""What S3 Batch Operations sends to the driver, and the driver in the real Lambda emulator."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import quote_plus

from conftest import PROGRAMS
from stacklib.lambdas import Emulator


def task(bucket: str, key: str, version: str | None = None, name: str = "t1") -> dict:
    """A task of schema 2.0, with its key encoded as S3 encodes it."""
    return {"taskId": name, "s3Key": quote_plus(key, safe="/"), "s3VersionId": version, "s3Bucket": bucket}


def event(*tasks: dict, **user_arguments: str) -> dict:
    """An event of schema 2.0."""
    job = {"id": "5c2a1b1e-0f4d-4a6c-9a86-7c2f6c0d0f11", "userArguments": user_arguments}
    return {"invocationSchemaVersion": "2.0", "invocationId": "i1", "job": job, "tasks": list(tasks)}


class DriverInEmulator:
    """The driver's program in an emulator of its own."""

    def __init__(self, log: Path, timeout: int = 60, **environment: str) -> None:
        self.log = log
        settings = {
            **os.environ,
            "AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3"],
            "AWS_ENDPOINT_URL_BATCH": os.environ["S3HAUL_TEST_MOTO"],
            "AWS_LAMBDA_FUNCTION_NAME": "s3haul-driver",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout),
            **environment,
        }
        self.emulator = Emulator(PROGRAMS / "bootstrap", settings, log)

    def post(self, body: bytes) -> tuple[int, bytes]:
        """Invokes the function with these bytes; gives status and answer."""
        url = f"{self.emulator.url}/2015-03-31/functions/function/invocations"
        request = urllib.request.Request(url, data=body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=120) as reply:
                return reply.status, reply.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def invoke(self, value: dict) -> list[dict]:
        """Invokes the function with an event; gives the results."""
        status, answer = self.post(json.dumps(value).encode())
        assert status == 200, answer
        parsed = json.loads(answer)
        assert parsed["treatMissingKeysAs"] == "PermanentFailure", answer
        assert parsed["invocationId"] == value["invocationId"]
        assert parsed["invocationSchemaVersion"] == value["invocationSchemaVersion"]
        return parsed["results"]

    def one(self, value: dict) -> dict:
        """Invokes the function with an event of one task; gives its result."""
        (result,) = self.invoke(value)
        return result

    def lines(self) -> list[dict]:
        """The JSON lines that the driver logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def close(self) -> None:
        self.emulator.kill()
