"""Which S3 operation a request is, by its method, path-style target and headers."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

BUCKET_SUBRESOURCES = {
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "uploads"): "ListMultipartUploads",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "object-lock"): "GetObjectLockConfiguration",
    ("PUT", "versioning"): "PutBucketVersioning",
    ("POST", "delete"): "DeleteObjects",
}
BUCKET_DEFAULTS = {"GET": "ListObjects", "PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}

OBJECT_SUBRESOURCES = {
    ("GET", "uploadId"): "ListParts",
    ("GET", "tagging"): "GetObjectTagging",
    ("GET", "acl"): "GetObjectAcl",
    ("GET", "attributes"): "GetObjectAttributes",
    ("GET", "retention"): "GetObjectRetention",
    ("GET", "legal-hold"): "GetObjectLegalHold",
    ("PUT", "uploadId"): "UploadPart",
    ("PUT", "tagging"): "PutObjectTagging",
    ("PUT", "acl"): "PutObjectAcl",
    ("PUT", "retention"): "PutObjectRetention",
    ("PUT", "legal-hold"): "PutObjectLegalHold",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("POST", "restore"): "RestoreObject",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("DELETE", "tagging"): "DeleteObjectTagging",
}
OBJECT_DEFAULTS = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}
FROM_COPY_SOURCE = {"UploadPart": "UploadPartCopy", "PutObject": "CopyObject"}


@dataclass(frozen=True)
class S3Request:
    operation: str
    bucket: str
    key: str


def identify(method: str, target: str, header_names: set[str]) -> S3Request:
    """The operation, bucket and key; an operation not in the tables is named by its method."""
    parts = urlsplit(target)
    bucket, _, key = parts.path.removeprefix("/").partition("/")
    bucket, key = unquote(bucket), unquote(key, errors="surrogateescape")
    query = dict(parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape"))
    if not bucket:
        return S3Request("ListBuckets" if method == "GET" else method, "", "")
    if not key and method == "GET" and query.get("list-type") == "2":
        return S3Request("ListObjectsV2", bucket, "")
    subresources, defaults = (OBJECT_SUBRESOURCES, OBJECT_DEFAULTS) if key else (BUCKET_SUBRESOURCES, BUCKET_DEFAULTS)
    operation = next(
        (subresources[method, name] for name in query if (method, name) in subresources), defaults.get(method, method)
    )
    if "x-amz-copy-source" in header_names:
        operation = FROM_COPY_SOURCE.get(operation, operation)
    return S3Request(operation, bucket, key)
