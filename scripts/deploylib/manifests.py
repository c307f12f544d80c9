"""A manifest where S3 Batch Operations can read it, and what it has to be told of it."""

from __future__ import annotations

import csv
import hashlib
import json
import posixpath
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from .problem import Problem

# The first lines say which columns there are.
HEAD_BYTES = 64 << 10


@dataclass(frozen=True)
class Manifest:
    bucket: str
    key: str
    etag: str
    # Of a CSV file; an inventory says itself what it has.
    fields: tuple[str, ...] | None

    def location(self, partition: str) -> dict[str, Any]:
        """What CreateJob takes."""
        spec: dict[str, Any] = {"Format": "S3InventoryReport_CSV_20161130"}
        if self.fields:
            spec = {"Format": "S3BatchOperations_CSV_20180820", "Fields": list(self.fields)}
        arn = f"arn:{partition}:s3:::{self.bucket}/{self.key}"
        return {"Spec": spec, "Location": {"ObjectArn": arn, "ETag": self.etag}}


def place(s3: Any, given: str, bucket: str) -> Manifest:
    """A file, or an object, as a manifest: files and other buckets' CSVs are copied into the state bucket."""
    if not given.startswith("s3://"):
        return _upload(s3, Path(given), bucket)
    source, _, key = given.removeprefix("s3://").partition("/")
    if not key:
        raise Problem(f"{given} is no object; give s3://BUCKET/KEY")
    try:
        if key.endswith("manifest.json"):
            etag = s3.head_object(Bucket=source, Key=key)["ETag"].strip('"')
            _check_inventory(json.loads(s3.get_object(Bucket=source, Key=key)["Body"].read()), given)
            return Manifest(source, key, etag, None)
        head = s3.get_object(Bucket=source, Key=key, Range=f"bytes=0-{HEAD_BYTES - 1}")["Body"].read()
        fields = columns(head, given)
        if source == bucket and key.startswith("manifests/"):
            return Manifest(bucket, key, s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"'), fields)
        target = f"manifests/{source}/{_distinct(key, s3.head_object(Bucket=source, Key=key)['ETag'])}"
        print(f"create-job: copying {given} to s3://{bucket}/{target}", file=sys.stderr)
        s3.copy({"Bucket": source, "Key": key}, bucket, target)
        return Manifest(bucket, target, s3.head_object(Bucket=bucket, Key=target)["ETag"].strip('"'), fields)
    except ClientError as error:
        raise Problem(f"the manifest {given} cannot be read: {error}") from None


def _upload(s3: Any, file: Path, bucket: str) -> Manifest:
    try:
        with file.open("rb") as opened:
            fields = columns(opened.read(HEAD_BYTES), str(file))
            opened.seek(0)
            content = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise Problem(f"the manifest {file} cannot be read: {error.strerror}") from None
    key = f"manifests/{_distinct(file.name, content)}"
    print(f"create-job: uploading {file} to s3://{bucket}/{key}", file=sys.stderr)
    s3.upload_file(str(file), bucket, key)
    return Manifest(bucket, key, s3.head_object(Bucket=bucket, Key=key)["ETag"].strip('"'), fields)


def _distinct(key: str, content: str) -> str:
    """The key with a digest before its extension: a job reads its manifest for as long as it runs, so that another
    manifest of the same name must not replace it."""
    stem, extension = posixpath.splitext(key)
    return f"{stem}-{hashlib.sha256(content.encode()).hexdigest()[:16]}{extension}"


def columns(head: bytes, name: str) -> tuple[str, ...]:
    """The columns of a CSV manifest, by its first line: a bucket, a URL-encoded key, and perhaps a version.

    S3 Batch Operations would find most mistakes only when the job runs, one row after the other.
    """
    try:
        rows = list(csv.reader(head.decode().splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{name} is no manifest in CSV: {error}") from None
    if not rows:
        raise Problem(f"{name} is empty; there is nothing to do")
    first = rows[0]
    if first[0].lower() == "bucket":
        raise Problem(f"{name} begins with a header, which S3 Batch Operations takes for an object; remove the line")
    if len(first) not in (2, 3) or not first[0] or not first[1]:
        raise Problem(f"{name}, line 1 has {len(first)} columns; it must be Bucket,Key or Bucket,Key,VersionId")
    if any(character in first[1] for character in ' "<>') or unquote(first[1], errors="strict") is None:
        raise Problem(f"{name}, line 1: the key is not URL-encoded; scripts/generate-inventory writes it as it must be")
    return ("Bucket", "Key", "VersionId")[: len(first)]


def _check_inventory(manifest: dict[str, Any], name: str) -> None:
    if manifest.get("fileFormat") != "CSV":
        raise Problem(
            f"{name} is an inventory in {manifest.get('fileFormat')}; S3 Batch Operations takes those in CSV alone"
        )
