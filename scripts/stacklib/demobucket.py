"""Fills the demo's bucket with what buckets have: odd keys, properties, versions, nothing, and very much."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

MIB = 1 << 20
LARGE_PART = 16 * MIB

# Keys that SeaweedFS keeps as they are; it joins slashes and turns backslashes.
ODD_KEYS = (
    "a b c.txt",
    "plus+percent%2Bquestion?hash#amp&equals=.txt",
    "comma,semicolon;colon:quote'double\"quote.csv",
    "brackets[]{}()<>~^|`!*$@.bin",
    "Ünïcödé/日本語/😀.txt",
    "e\u0301 is not é.txt",
    " leading and trailing space ",
    "percent%2Fencoded%20slash",
    "line\nbreak and tab\t.txt",
    "/".join(["deep"] * 190) + "/leaf",
    "dots/.../and..dots",
    "Ref::source",
    "--looks-like-a-flag",
)


@dataclass(frozen=True)
class Row:
    """A row of the manifest."""

    key: str
    version_id: str
    size: int


class Filler:
    """Puts the objects; the same ones every time."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self.s3 = s3
        self.bucket = bucket
        self.bytes = random.Random(2).randbytes(LARGE_PART)

    def fill(self, large: int) -> list[Row]:
        """Fills the bucket; one object has `large` bytes and is uploaded in parts."""
        self.s3.create_bucket(Bucket=self.bucket)
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        with ThreadPoolExecutor(8) as pool:
            rows = list(pool.map(lambda arguments: self._put(**arguments), self._objects()))
            rows.append(self._upload("large/film.mxf", large, pool))
        return rows

    def _objects(self) -> Iterator[dict[str, Any]]:
        yield from ({"Key": key, "Body": key.encode()} for key in ODD_KEYS)
        yield {"Key": "empty", "Body": b""}
        for number in range(300):
            size = 1 + number * 997 % (256 << 10)
            yield {"Key": f"small/{number // 100}/{number:03}.dat", "Body": self.bytes[number : number + size]}
        yield {
            "Key": "properties/all.txt",
            "Body": b"with everything",
            "ContentType": "text/plain; charset=utf-8",
            "ContentLanguage": "de, en",
            "ContentEncoding": "identity",
            "ContentDisposition": 'attachment; filename="all, of it.txt"',
            "CacheControl": "max-age=60, public",
            "Metadata": {"owner": "archive", "spaces": "a  b", "signs": "1+1=2, 50%"},
            "Tagging": urlencode({"project": "s3haul demo", "colour": "blue/green"}, quote_via=quote),
        }
        for number in range(10):
            tagging = urlencode({f"tag {index}": f"value {index}" for index in range(number + 1)}, quote_via=quote)
            yield {"Key": f"tagged/{number}", "Body": b"tagged", "Tagging": tagging}
        for number in range(10):
            yield {"Key": f"versions/{number}", "Body": b"old", "newer": b"a newer version"}
        for number in range(4):
            yield {
                "Key": f"middle/{number}.bin",
                "Body": self.bytes[number:] * 3,
                "Metadata": {"number": str(number)},
                "Tagging": "size=middle",
            }

    def _put(self, newer: bytes | None = None, **arguments: Any) -> Row:
        """Puts an object, and returns the version that is to be copied: an old one if there is a newer one."""
        stored = self.s3.put_object(Bucket=self.bucket, **arguments)
        if newer is not None:
            self.s3.put_object(Bucket=self.bucket, Key=arguments["Key"], Body=newer)
        return Row(arguments["Key"], stored["VersionId"], len(arguments["Body"]))

    def _upload(self, key: str, size: int, pool: ThreadPoolExecutor) -> Row:
        properties = {"ContentType": "application/mxf", "Metadata": {"title": "a film"}, "Tagging": "kind=film"}
        target = {"Bucket": self.bucket, "Key": key}
        target["UploadId"] = self.s3.create_multipart_upload(**target, **properties)["UploadId"]

        def upload(number: int) -> dict[str, Any]:
            body = number.to_bytes(8) + self.bytes[8:]
            return {"PartNumber": number, "ETag": self.s3.upload_part(**target, PartNumber=number, Body=body)["ETag"]}

        parts = list(pool.map(upload, range(1, size // LARGE_PART + 1)))
        done = self.s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
        return Row(key, done["VersionId"], len(parts) * LARGE_PART)
