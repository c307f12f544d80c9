"""An S3 Inventory as S3 writes it: manifest.json, manifest.checksum and files of rows, gzipped."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from urllib.parse import quote_plus

COLUMNS = ["Bucket", "Key", "Size", "LastModifiedDate", "ETag", "StorageClass"]
VERSIONS = ["Bucket", "Key", "VersionId", "IsLatest", "IsDeleteMarker", *COLUMNS[2:]]
FOLDER = "lists/photos/all"


def row(key: str, size: int | str = 1, **other: str) -> dict[str, str]:
    return {
        "Bucket": "photos",
        "Key": quote_plus(key, safe="/"),
        "Size": str(size),
        "LastModifiedDate": "2026-01-05T10:00:00.000Z",
        "ETag": hashlib.md5(key.encode()).hexdigest(),
        "StorageClass": "STANDARD",
        "VersionId": "",
        "IsLatest": "true",
        "IsDeleteMarker": "false",
        "IntelligentTieringAccessTier": "",
        **other,
    }


def write(
    root: Path,
    *files: list[dict[str, str]],
    columns: list[str] = COLUMNS,
    bucket: str = "lists",
    folder: str = FOLDER,
) -> Path:
    """Writes an inventory below a folder that stands for the destination bucket, and gives its manifest.json."""
    entries = []
    for number, rows in enumerate(files):
        text = "".join(",".join(f'"{row[column]}"' for column in columns) + "\n" for row in rows)
        content = gzip.compress(text.encode(), mtime=0)
        key = f"{folder}/data/{number}.csv.gz"
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        entries.append({"key": key, "size": len(content), "MD5checksum": hashlib.md5(content).hexdigest()})
    manifest = {
        "sourceBucket": "photos",
        "destinationBucket": f"arn:aws:s3:::{bucket}",
        "version": "2016-11-30",
        "creationTimestamp": "1767600000000",
        "fileFormat": "CSV",
        "fileSchema": ", ".join(columns),
        "files": entries,
    }
    path = root / folder / "2026-01-05T00-00Z" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(manifest, indent=2))
    (path.parent / "manifest.checksum").write_text(hashlib.md5(path.read_bytes()).hexdigest())
    return path


def upload(s3, bucket: str, root: Path, folder: str = FOLDER) -> str:
    """Puts an inventory into its bucket, and gives the address of its manifest.json."""
    for path in root.rglob("*"):
        if path.is_file():
            s3.put_object(Bucket=bucket, Key=str(path.relative_to(root)), Body=path.read_bytes())
    return f"s3://{bucket}/{folder}/2026-01-05T00-00Z/manifest.json"
