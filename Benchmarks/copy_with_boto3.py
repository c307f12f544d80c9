"""What the `large` benchmark compares with: boto3's managed copy with the settings that did best."""

import sys

import boto3
from boto3.s3.transfer import TransferConfig

boto3.client("s3", endpoint_url=sys.argv[1]).copy(
    {"Bucket": "large-source", "Key": "object"},
    "large-target",
    "object",
    Config=TransferConfig(multipart_threshold=64 << 20, multipart_chunksize=64 << 20, max_concurrency=8),
)
