"""Archives that s3haul writes, in the hands of the tools that people have: all list and extract the same."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tarfile
import unicodedata
import zipfile
from pathlib import Path

import pytest
from conftest import PROGRAMS

TOOL = PROGRAMS / "ArchiveTool"
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


def run(*command: object, stdin: bytes | None = None, cwd: Path | None = None) -> bytes:
    """What a program prints; it must succeed and have nothing to complain of."""
    done = subprocess.run([str(word) for word in command], input=stdin, cwd=cwd, env=ENVIRONMENT, capture_output=True)
    assert done.returncode == 0, (command, done.returncode, done.stderr[-2000:], done.stdout[-2000:])
    assert not done.stderr.strip(), (command, done.stderr[-2000:])
    return done.stdout


def write(archive: Path, members: list[dict], *options: object) -> list[dict]:
    """Writes an archive, and says where its members lie."""
    name = archive.name.split(".", 1)[1]
    lines = "\n".join(json.dumps(member) for member in members).encode()
    return [json.loads(line) for line in run(TOOL, "write", name, archive, *options, stdin=lines).splitlines()]


def content(member: dict) -> bytes:
    """The bytes that ArchiveTool writes for a member with a text, which it repeats from every MiB on."""
    text = member.get("text", "\0").encode()
    block = min(member["size"], MIB)
    piece = (text * (block // len(text) + 1))[:block]
    return (piece * (member["size"] // block + 1))[: member["size"]] if block else b""


def named(key: str, size: int = 7, **more: object) -> dict:
    return {"key": key, "size": size, "text": f"{hashlib.md5(key.encode()).hexdigest()} ", **more}


def long_path(length: int, component: int = 80) -> str:
    path = "/".join(chr(ord("a") + index % 26) * component for index in range(length // (component + 1) + 1))
    path = path[:length]
    return path[:-1] + "z" if path.endswith("/") else path


HOSTILE = [
    named("plain.txt"),
    named("dir/plain.txt"),
    *[named(f"size/{size}", size) for size in (0, 1, 511, 512, 513, 1023, 1024, 10_240, MIB - 512, MIB, MIB + 1)],
    named("size/3-and-a-half-frames", 3 * MIB + 500_001),
    *[named(long_path(length)) for length in (99, 100, 101, 154, 155, 156, 254, 255, 256, 257, 1024)],
    *[named(letter * length) for letter, length in (("c", 100), ("d", 101), ("e", 155), ("f", 156))],
    *[named("component/" + "g" * length) for length in (254, 255, 256, 300, 1000)],
    named("h" * 1024),
    named("é" * 512),
    named("日本語/" + "語" * 300),
    named(unicodedata.normalize("NFC", "forms/Ångström é")),
    named(unicodedata.normalize("NFD", "forms/Ångström é")),
    named("emoji/👩‍👩‍👧 and more"),
    named("line\nbreak"),
    named("carriage\rreturn and tab\t"),
    named("bell\a, escape\x1b[31m, delete\x7f, next line\x85"),
    named("nul\0 inside"),
    named("back\\slash\\"),
    named("C:\\windows\\style"),
    named(".."),
    named("../../etc/passwd"),
    named("a/../b"),
    named("a/./b"),
    named("."),
    named("/absolute"),
    named("//twice"),
    named("/"),
    named("folder/"),
    named("folder/", 0),
    named("folder/inside"),
    named("empty//component"),
    named("empty/component"),
    named("empty///components//"),
    named("both"),
    named("both/below"),
    named("both/below/deeper"),
    named("deep/er/first"),
    named("deep/er"),
    named("deep"),
    named("twice"),
    named("twice"),
    named("twice"),
    named("100%"),
    named("%41%2F%zz%~%+"),
    named("both%~"),
    named("-rf"),
    named("@file"),
    named(" leading and trailing "),
    named("quotes \"'` and $(globs) *?[]{}"),
    named("semi;colon:colon|pipe<>&"),
    named("trailing dot."),
    named("#U00e9"),
    named("already.jpg", 70_000),
]


def expected(places: list[dict], members: list[dict]) -> dict[str, bytes]:
    """The names in the archive and their bytes."""
    assert [place["key"] for place in places] == [member["key"] for member in members]
    names = {place["name"]: content(member) for place, member in zip(places, members, strict=True)}
    assert len(names) == len(members)
    return names


def extracted(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if not path.is_dir()}


def python_tar(archive: Path, folder: Path) -> list[tuple[str, int]]:
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
        return [(member.name, member.size) for member in tar]


def python_tar_zst(archive: Path, folder: Path) -> list[tuple[str, int]]:
    plain = folder.parent / "python.tar"
    plain.write_bytes(run("zstd", "-dcq", archive))
    return python_tar(plain, folder)


def python_zip(archive: Path, folder: Path) -> list[tuple[str, int]]:
    with zipfile.ZipFile(archive) as reader:
        assert reader.testzip() is None
        reader.extractall(folder)
        return [(member.filename, member.file_size) for member in reader.infolist()]


def gnu_tar(archive: Path, folder: Path) -> list[tuple[str, int]]:
    run("tar", "-xf", archive, "-C", folder)
    names = run("tar", "--quoting-style=literal", "-tf", archive).decode().splitlines()
    sizes = [int(line.split()[2]) for line in run("tar", "-tvf", archive).decode().splitlines()]
    return list(zip(names, sizes, strict=True))


def bsd_tar(archive: Path, folder: Path) -> list[tuple[str, int]]:
    run("bsdtar", "-xf", archive, "-C", folder)
    names = run("bsdtar", "-tf", archive).decode().splitlines()
    sizes = [int(line.split()[4]) for line in run("bsdtar", "-tvf", archive).decode().splitlines()]
    return list(zip(names, sizes, strict=True))


def seven_zip(archive: Path, folder: Path) -> list[tuple[str, int]]:
    if archive.suffix in (".gz", ".zst"):
        plain = folder.parent / "7z.tar"
        unpack = ("7z", "x", "-so") if archive.suffix == ".gz" else ("zstd", "-dcq")
        plain.write_bytes(run(*unpack, archive))
        archive = plain
    assert b"Everything is Ok" in run("7z", "x", f"-o{folder}", "-y", archive)
    listing = run("7z", "l", "-slt", "-ba", archive).decode().split("\n\n")
    entries = [dict(line.split(" = ", 1) for line in entry.splitlines() if " = " in line) for entry in listing]
    return [(entry["Path"], int(entry["Size"])) for entry in entries if entry]


def info_zip(archive: Path, folder: Path) -> list[tuple[str, int]]:
    run("unzip", "-q", archive, "-d", folder)
    assert b"No errors" in run("unzip", "-tq", archive)
    names = run("unzip", "-Z1", archive).decode().splitlines()
    sizes = [int(line.split()[0]) for line in run("unzip", "-l", archive).decode().splitlines()[3:-2]]
    return list(zip(names, sizes, strict=True))


READERS = [
    *[(suffix, reader) for suffix in ("tar", "tar.gz") for reader in (gnu_tar, bsd_tar, python_tar, seven_zip)],
    *[("tar.zst", reader) for reader in (gnu_tar, bsd_tar, python_tar_zst, seven_zip)],
    *[("zip", reader) for reader in (info_zip, bsd_tar, python_zip, seven_zip)],
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> dict[str, tuple[Path, dict[str, bytes]]]:
    folder = tmp_path_factory.mktemp("archives")
    archives = {}
    for suffix in ("tar", "tar.gz", "tar.zst", "zip"):
        archive = folder / f"hostile.{suffix}"
        archives[suffix] = (archive, expected(write(archive, HOSTILE), HOSTILE))
    return archives


@pytest.mark.parametrize(("suffix", "reader"), READERS, ids=lambda value: getattr(value, "__name__", value))
def test_every_tool_lists_and_extracts_the_same(hostile, tmp_path, suffix, reader) -> None:
    archive, names = hostile[suffix]
    folder = tmp_path / "out"
    folder.mkdir()
    listed = reader(archive, folder)
    assert listed == [(name, len(data)) for name, data in names.items()]
    assert extracted(folder) == names
    assert extracted(tmp_path).keys() - {f"out/{name}" for name in names} <= {"7z.tar", "python.tar"}


def test_compressors_take_the_whole(hostile) -> None:
    plain = hostile["tar"][0].read_bytes()
    assert run("gzip", "-dc", hostile["tar.gz"][0]) == plain
    assert run("zstd", "-dcq", hostile["tar.zst"][0]) == plain


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.zst", "zip"])
def test_the_archive_alone_tells_every_key(hostile, suffix) -> None:
    archive, names = hostile[suffix]
    seen = [json.loads(line) for line in run(TOOL, "read", archive).splitlines()]
    assert [member["key"] for member in seen] == [member["key"] for member in HOSTILE]
    assert [(member["name"], member["size"]) for member in seen] == [(name, len(data)) for name, data in names.items()]


@pytest.mark.parametrize("suffix", ["tar", "tar.gz", "tar.zst", "zip"])
@pytest.mark.parametrize("frame_size", [4 * KIB, 100_000, MIB])
def test_bytes_do_not_depend_on_threads_and_members_are_read_alone(tmp_path, suffix, frame_size) -> None:
    archive, again = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    places = write(archive, HOSTILE, frame_size, 1)
    assert write(again, HOSTILE, frame_size, 5) == places
    assert archive.read_bytes() == again.read_bytes()
    run(TOOL, "alone", archive, stdin="\n".join(json.dumps(place) for place in places).encode())


HUGE_TAR = [
    named("before"),
    {"key": "8 GiB - 1", "size": 8 * GIB - 1},
    named("between"),
    {"key": "8 GiB", "size": 8 * GIB},
    named("behind", 1000),
]


def test_members_of_8_gib_in_tar(tmp_path) -> None:
    archive = tmp_path / "huge.tar"
    write(archive, HUGE_TAR)
    wanted = [(member["key"], member["size"]) for member in HUGE_TAR]
    with tarfile.open(archive) as tar:
        assert [(member.name, member.size) for member in tar] == wanted
    lines = run("tar", "-tvf", archive).decode().splitlines()
    assert [int(line.split()[2]) for line in lines] == [size for _, size in wanted]
    lines = run("bsdtar", "-tvf", archive).decode().splitlines()
    assert [int(line.split()[4]) for line in lines] == [size for _, size in wanted]
    listing = run("7z", "l", "-slt", "-ba", archive).decode()
    assert [int(line.split(" = ")[1]) for line in listing.splitlines() if line.startswith("Size = ")] == [
        size for _, size in wanted
    ]
    for reader in (("tar", "-xOf"), ("bsdtar", "-xOf")):
        assert run(*reader, archive, "behind") == content(HUGE_TAR[-1])


HUGE_ZIP = [
    named("before"),
    *[{"key": f"4 GiB + {more}.jpg", "size": 4 * GIB + more, "content_type": "image/jpeg"} for more in (-2, -1, 0)],
    named("behind", 1000),
]


def test_members_of_4_gib_in_zip(tmp_path) -> None:
    archive = tmp_path / "huge.zip"
    write(archive, HUGE_ZIP)
    wanted = [(member["key"], member["size"]) for member in HUGE_ZIP]
    with zipfile.ZipFile(archive) as reader:
        assert [(member.filename, member.file_size) for member in reader.infolist()] == wanted
        assert reader.read("behind") == content(HUGE_ZIP[-1])
    assert run("unzip", "-Z1", archive).decode().splitlines() == [key for key, _ in wanted]
    listing = run("7z", "l", "-slt", "-ba", archive).decode()
    assert [int(line.split(" = ")[1]) for line in listing.splitlines() if line.startswith("Size = ")] == [
        size for _, size in wanted
    ]
    lines = run("bsdtar", "-tvf", archive).decode().splitlines()
    assert [int(line.split()[4]) for line in lines] == [size for _, size in wanted]
    for reader in (("unzip", "-p"), ("bsdtar", "-xOf"), ("7z", "x", "-so")):
        assert run(*reader, archive, "behind") == content(HUGE_ZIP[-1])


def test_a_deflated_member_of_4_gib_in_zip(tmp_path) -> None:
    archive = tmp_path / "deflated.zip"
    members = [{"key": "zeros", "size": 4 * GIB + 1}, named("behind", 1000)]
    places = write(archive, members)
    assert places[0]["encoding"] == "deflate"
    with zipfile.ZipFile(archive) as reader:
        assert [member.file_size for member in reader.infolist()] == [4 * GIB + 1, 1000]
    for reader in (("unzip", "-p"), ("bsdtar", "-xOf"), ("7z", "x", "-so")):
        assert run(*reader, archive, "behind") == content(members[-1])


def test_more_members_than_16_bits_count(tmp_path) -> None:
    archive = tmp_path / "many.zip"
    members = [named(f"{number % 100}/{number}", 3) for number in range(70_000)]
    write(archive, members)
    keys = [member["key"] for member in members]
    with zipfile.ZipFile(archive) as reader:
        assert reader.namelist() == keys
        assert reader.read(keys[-1]) == content(members[-1])
    assert run("unzip", "-Z1", archive).decode().splitlines() == keys
    assert run("bsdtar", "-tf", archive).decode().splitlines() == keys
    assert b"Files: 70000" in run("7z", "t", archive)
    assert len(run(TOOL, "read", archive).splitlines()) == 70_000
