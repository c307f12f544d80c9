"""The real servers: SeaweedFS for S3, MiniStack for SQS, moto for Batch and a second opinion, and the fault proxy."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .batchjobs import define
from .processes import Server, free_ports

ACCESS_KEY, SECRET_KEY, REGION = "s3haul-test", "s3haul-test-secret", "us-east-1"
BIN = Path(sys.executable).parent
BUCKET, VERSIONED_BUCKET = "s3haul-test", "s3haul-test-versioned"
QUEUE, JOB_QUEUE, JOB_DEFINITION = "s3haul-test", "s3haul-test", "s3haul-test"
SEAWEEDFS_PORTS = [
    "master.port",
    "master.port.grpc",
    "volume.port",
    "volume.port.grpc",
    "filer.port",
    "filer.port.grpc",
    "s3.port",
    "s3.port.grpc",
]


# What would lead an AWS client elsewhere, and what scripts/stack set for itself.
NOT_PASSED_ON = ("AWS_", "S3HAUL_", "PYTHONPATH")


def neutral_environment() -> dict[str, str]:
    """The environment of whoever runs this, less what changes where s3haul and AWS tools go."""
    return {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}


def client(service: str, url: str):
    """boto3 of the tests: path-style, few retries, the stack's own credentials."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"}, max_pool_connections=16),
    )


class Servers:
    """All servers on loopback ports that were free; their data lives in a folder of the caller."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running = ExitStack()

    def __enter__(self) -> Servers:
        try:
            self.s3 = self._start_seaweedfs()
            self.moto = self._start_moto()
            self.sqs = self._start_ministack()
            self.proxy, self.faults = self._start_fault_proxy(self.s3)
            self._make_buckets()
            self.queue_url = self._make_queues()
        except BaseException:
            self.running.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.running.close()

    def start(self, name: str, *arguments: str | Path, environment: dict[str, str] | None = None) -> Server:
        # Some leave logs in the folder for temporary files.
        environment = {**(environment or os.environ), "TMPDIR": str(self.folder)}
        server = Server(arguments, self.folder / f"{name}.log", environment)
        self.running.callback(server.kill)
        return server

    def _start_module(self, name: str, *arguments: str) -> Server:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        return self.start(name, sys.executable, "-m", f"stacklib.{name}", *arguments, environment=environment)

    def _start_seaweedfs(self) -> str:
        data, config = self.folder / "seaweedfs", self.folder / "seaweedfs.json"
        data.mkdir()
        admin = {"name": "admin", "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]}
        admin["actions"] = ["Admin", "Read", "Write", "List", "Tagging"]
        kms = {"default_provider": "local", "providers": {"local": {"type": "local", "enableOnDemandCreate": True}}}
        config.write_text(json.dumps({"identities": [admin], "kms": kms}))
        ports = free_ports(len(SEAWEEDFS_PORTS))
        server = self.start(
            "seaweedfs",
            *(BIN / "weed", "mini", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}"),
            *(f"-{name}={port}" for name, port in zip(SEAWEEDFS_PORTS, ports, strict=True)),
            *("-master.telemetry=false", "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0"),
            *(f"-s3.config={config}", "-s3.autoCreateBucket=false", "-s3.allowDeleteBucketNotEmpty=false"),
            # Smaller chunks than parts make it report parts that plain objects do not have.
            "-filer.maxMB=64",
            # Every bucket takes seven volumes of its own, which are sparse; by default there are as many as disk.
            "-volume.max=8192",
        )
        url = f"http://127.0.0.1:{ports[SEAWEEDFS_PORTS.index('s3.port')]}"
        server.wait_for(f"{url}/healthz")
        return url

    def _start_moto(self) -> str:
        (port,) = free_ports(1)
        url = f"http://127.0.0.1:{port}"
        server = self._start_module("motoserver", "-H", "127.0.0.1", "-p", str(port))
        server.wait_for(f"{url}/moto-api/")
        settings = json.dumps({"batch": {"use_docker": False}}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/config", data=settings, method="POST")).close()
        return url

    def _start_ministack(self) -> str:
        """SQS with twenty times the messages a second of moto's; in an environment of its own, for its botocore."""
        (port,) = free_ports(1)
        settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SERVICES": "sqs", "LOG_LEVEL": "WARNING"}
        # Beside the environment that this runs in, wherever that is.
        program = Path(sys.prefix).resolve().parent / ".venv-sqs/bin/ministack"
        server = self.start("ministack", program, environment={**neutral_environment(), **settings})
        url = f"http://127.0.0.1:{port}"
        server.wait_for(f"{url}/_ministack/health")
        return url

    def _start_fault_proxy(self, upstream: str) -> tuple[str, str]:
        port, control_port = free_ports(2)
        server = self._start_module(
            "faultproxy", "--upstream", upstream, "--port", str(port), "--control-port", str(control_port)
        )
        control = f"http://127.0.0.1:{control_port}"
        server.wait_for(f"{control}/requests")
        return f"http://127.0.0.1:{port}", control

    def _make_buckets(self) -> None:
        for url in (self.s3, self.moto):
            s3 = client("s3", url)
            for bucket in (BUCKET, VERSIONED_BUCKET):
                self._until_ready(s3.create_bucket, Bucket=bucket)
            enabled = {"Status": "Enabled"}
            s3.put_bucket_versioning(Bucket=VERSIONED_BUCKET, VersioningConfiguration=enabled)

    @staticmethod
    def _until_ready(call: Callable[..., object], **arguments: object) -> None:
        """SeaweedFS answers its health check a moment before it can write."""
        for _ in range(100):
            try:
                call(**arguments)
                return
            except (BotoCoreError, ClientError) as error:
                failure = error
                time.sleep(0.1)
        raise SystemExit(f"a server does not take a bucket: {failure}")

    def _make_queues(self) -> str:
        batch, role = client("batch", self.moto), client("iam", self.moto)
        arn = role.create_role(RoleName="batch", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        environment = batch.create_compute_environment(
            computeEnvironmentName="s3haul-test", type="UNMANAGED", state="ENABLED", serviceRole=arn
        )["computeEnvironmentArn"]
        batch.create_job_queue(
            jobQueueName=JOB_QUEUE,
            state="ENABLED",
            priority=1,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": environment}],
        )
        define(batch, JOB_DEFINITION, "help")
        return client("sqs", self.moto).create_queue(QueueName=QUEUE)["QueueUrl"]

    def environment(self) -> dict[str, str]:
        """What the tests are told, and what keeps AWS tools from the account of whoever runs them."""
        nothing = str(self.folder / "nothing")
        Path(nothing).touch()
        return {
            "S3HAUL_TEST_S3": self.s3,
            "S3HAUL_TEST_S3_PROXY": self.proxy,
            "S3HAUL_TEST_FAULTS": self.faults,
            "S3HAUL_TEST_MOTO": self.moto,
            "S3HAUL_TEST_SQS": self.sqs,
            "S3HAUL_TEST_BUCKET": BUCKET,
            "S3HAUL_TEST_VERSIONED_BUCKET": VERSIONED_BUCKET,
            "S3HAUL_TEST_SQS_QUEUE_URL": self.queue_url,
            "S3HAUL_TEST_JOB_QUEUE": JOB_QUEUE,
            "S3HAUL_TEST_JOB_DEFINITION": JOB_DEFINITION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": nothing,
            "AWS_SHARED_CREDENTIALS_FILE": nothing,
            "NO_PROXY": "127.0.0.1,localhost",
        }
