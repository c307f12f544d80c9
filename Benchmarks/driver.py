"""The driver: its start, its CPU when warm beside a boto3 function's, its memory and its size."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import store
from measure import ROOT, Report

STARTS = 60
INVOCATIONS = 300
DRIVER_ENV = {
    **store.S3HAUL_ENV,
    "S3HAUL_DESTINATION_BUCKET": "driver-target",
    "S3HAUL_JOB_QUEUE": "queue",
    "S3HAUL_JOB_DEFINITION": "definition",
}


def main() -> None:
    report = Report("driver", f"{STARTS} starts; {INVOCATIONS} invocations that copy an object of 1 KiB each")
    with tempfile.TemporaryDirectory() as folder:
        baseline = Path(folder) / "baseline"
        subprocess.run(["cc", "-O2", "-o", baseline, ROOT / "Benchmarks/baseline.c", "-lcurl"], check=True)
        ours, theirs = starts(baseline)
        stripped = Path(folder) / "bootstrap"
        subprocess.run(["strip", "-o", stripped, store.BOOTSTRAP], check=True)
        size = stripped.stat().st_size / (1 << 20)
    report.target("start to first next, of a C program's that links libcurl", ours / theirs, 2.0)
    s3 = store.client()
    store.make_bucket(s3, "driver-source")
    store.make_bucket(s3, "driver-target")
    for number in range(INVOCATIONS):
        s3.put_object(Bucket="driver-source", Key=f"key {number}", Body=b"x" * 1024)
    mine = warm([store.BOOTSTRAP])
    store.make_bucket(s3, "driver-target")
    boto3 = warm([sys.executable, ROOT / "Benchmarks/boto3_function.py"])
    report.target("CPU warm, of a boto3 function's", mine["cpu"] / boto3["cpu"], 1 / 3)
    report.target("peak memory", mine["peak_mib"], 40, " MiB")
    report.target("stripped binary", size, 16, " MiB")
    report.write()
    print(
        f"       start {ours * 1e3:.1f} ms, the C program {theirs * 1e3:.1f} ms; CPU an invocation "
        f"{mine['cpu'] / INVOCATIONS * 1e3:.2f} ms, boto3 {boto3['cpu'] / INVOCATIONS * 1e3:.2f} ms"
    )
    for bucket in ("driver-source", "driver-target"):
        store.drop_bucket(s3, bucket)


def starts(baseline: Path) -> tuple[float, float]:
    """Median seconds from a process's start to the driver's first `next`, and to the C program's end."""
    ours, theirs = [], []
    with socket.create_server(("127.0.0.1", 0)) as runtime:
        env = {**os.environ, **DRIVER_ENV, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime.getsockname()[1]}"}
        for _ in range(STARTS):
            start = time.perf_counter()
            driver = subprocess.Popen([store.BOOTSTRAP], env=env, stderr=subprocess.DEVNULL)
            connection, _ = runtime.accept()
            request = connection.recv(4096)
            ours.append(time.perf_counter() - start)
            assert request.startswith(b"GET /2018-06-01/runtime/invocation/next "), request
            driver.kill()
            driver.wait()
            connection.close()
            start = time.perf_counter()
            subprocess.run([baseline], check=True)
            theirs.append(time.perf_counter() - start)
    return statistics.median(ours), statistics.median(theirs)


def warm(command: list) -> dict:
    """CPU seconds of the invocations after the first, and peak memory, of a function on the emulator."""
    with emulator(command) as (url, function):
        invoke(url, 0)
        pid = function()
        before = cpu_seconds(pid)
        for number in range(1, INVOCATIONS):
            invoke(url, number)
        return {"cpu": cpu_seconds(pid) - before, "peak_mib": peak_mib(pid)}


@contextmanager
def emulator(command: list):
    port, api = free_port(), free_port()
    started = [
        ROOT / ".venv/bin/aws-lambda-rie", "--log-level", "error",
        "--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address", f"127.0.0.1:{api}",
        *command,
    ]  # fmt: skip
    rie = subprocess.Popen(
        started, env={**os.environ, **DRIVER_ENV}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations", lambda: child_of(rie.pid)
    finally:
        rie.terminate()
        rie.wait()


def invoke(url: str, number: int) -> None:
    event = {
        "invocationSchemaVersion": "1.0",
        "invocationId": "invocation",
        "job": {"id": "job"},
        "tasks": [
            {
                "taskId": "task",
                "s3Key": f"key+{number}",
                "s3VersionId": None,
                "s3BucketArn": "arn:aws:s3:::driver-source",
            }
        ],
    }
    with urllib.request.urlopen(urllib.request.Request(url, data=json.dumps(event).encode())) as answer:
        result = json.load(answer)
    assert result["results"][0]["resultCode"] == "Succeeded", result


def child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    tasks = [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    return int((children or tasks)[0])


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
    sys.exit("the emulator does not listen")


if __name__ == "__main__":
    main()
