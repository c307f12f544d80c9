"""An archive as S3Bundler makes it: GETs into a tar in a temporary file, then one upload; threads are an option."""

import os
import sys
import tarfile
import tempfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import boto3
from botocore.config import Config

source, target, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
s3 = boto3.client(
    "s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"], config=Config(max_pool_connections=max(threads, 1))
)
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=source)
keys = [entry["Key"] for page in pages for entry in page["Contents"]]


def read(key: str) -> tuple[str, bytes]:
    return key, s3.get_object(Bucket=source, Key=key)["Body"].read()


with tempfile.NamedTemporaryFile() as file, ThreadPoolExecutor(max(threads, 1)) as pool:
    with tarfile.open(fileobj=file, mode="w") as tar:
        for key, body in pool.map(read, keys) if threads else map(read, keys):
            member = tarfile.TarInfo(f"{source}/{key}")
            member.size = len(body)
            tar.addfile(member, BytesIO(body))
    file.flush()
    s3.upload_file(file.name, target, "boto3.tar")
