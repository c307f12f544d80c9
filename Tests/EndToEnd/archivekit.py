"""Archives for tests: written by ArchiveTool, with the index that `s3haul bundle` would put beside them."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from conftest import PROGRAMS

SUFFIX = ".index.jsonl.gz"
MODIFIED = 1_700_000_000
MIB = 1 << 20
# Members of every sort, by key; the value is the size.
KEYS = {
    "a.txt": 5,
    "empty": 0,
    "dir/ünï 日本.bin": 70_000,
    "dir/large": 3 * MIB + 17,
    "dir/behind the large one": 400,
    "huge": 11 * MIB,
    "../../escape": 10,
    "/absolute": 10,
    "both": 7,
    "both/below": 7,
    "folder/": 3,
    "line\nbreak": 4,
    **{f"many/{number:04}": 300 + number for number in range(500)},
}


@dataclass
class Bundle:
    """An archive and its index, as bytes, and the bytes of each member by key."""

    archive: bytes
    entries: list[dict]
    contents: dict[str, bytes] = field(default_factory=dict)

    @property
    def index(self) -> bytes:
        return gzip.compress("".join(json.dumps(entry) + "\n" for entry in self.entries).encode())

    def put(self, s3, bucket: str, key: str) -> str:
        s3.put_object(Bucket=bucket, Key=key, Body=self.archive)
        s3.put_object(Bucket=bucket, Key=key + SUFFIX, Body=self.index)
        return f"s3://{bucket}/{key}"

    def save(self, folder: Path, name: str) -> str:
        (folder / name).write_bytes(self.archive)
        (folder / f"{name}{SUFFIX}").write_bytes(self.index)
        return str(folder / name)


def bundle(
    folder: Path, suffix: str, keys: dict[str, int], frame_size: int = 1 << 20, bucket: str = "photos"
) -> Bundle:
    """An archive of members of these sizes; each repeats a text made of its key."""
    orders = [{"key": key, "size": size, "text": text(key)} for key, size in keys.items()]
    path = folder / f"made.{suffix}"
    done = subprocess.run(
        [PROGRAMS / "ArchiveTool", "write", suffix, path, str(frame_size)],
        input="\n".join(json.dumps(order) for order in orders),
        capture_output=True,
        text=True,
        check=True,
    )
    contents = {key: content(key, size) for key, size in keys.items()}
    entries = [entry(json.loads(line), contents, bucket, path.name) for line in done.stdout.splitlines()]
    return Bundle(path.read_bytes(), entries, contents)


def entry(place: dict, contents: dict[str, bytes], bucket: str, archive: str) -> dict:
    data = contents[place["key"]]
    return {
        "bucket": bucket,
        "key": place["key"],
        "size": len(data),
        "etag": hashlib.md5(data).hexdigest(),
        "last_modified": "2023-11-14T22:13:20Z",
        "crc32": place["crc32"],
        "archive": f"s3://archive/{archive}",
        "member": place["name"],
        "data_offset": place["data_offset"],
        "data_length": place["data_length"],
        "frame_offset": place["frame_offset"],
        "frame_length": place["frame_length"],
        "frame_encoding": place["encoding"],
    }


def text(key: str) -> str:
    return hashlib.md5(key.encode()).hexdigest() + " "


def content(key: str, size: int) -> bytes:
    """The bytes that ArchiveTool writes: the text over and over, begun anew every MiB."""
    block = (text(key).encode() * (min(size, 1 << 20) // 33 + 1))[: min(size, 1 << 20)]
    return (block * (size // len(block) + 1))[:size] if block else b""


def lines(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
