"""s3haul list and extract: members of archives, ours and anybody's, back to files and objects."""

from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
from archivekit import KEYS, MIB, MODIFIED, SUFFIX, Bundle, bundle, files, lines
from bundles import through_proxy
from conftest import PROGRAMS
from waiting import wait_until

FORMATS = ["tar", "tar.gz", "tar.zst", "zip"]


@pytest.fixture(scope="module", params=FORMATS)
def ours(request, tmp_path_factory) -> Bundle:
    return bundle(tmp_path_factory.mktemp("ours"), request.param, KEYS)


@pytest.fixture
def address(ours, s3, bucket) -> str:
    return ours.put(s3, bucket, "2026/made")


@pytest.fixture(scope="module")
def gzipped(tmp_path_factory) -> Bundle:
    """One for what does not depend on the kind of archive."""
    return bundle(tmp_path_factory.mktemp("gzipped"), "tar.gz", KEYS)


@pytest.fixture
def place(gzipped, s3, bucket) -> str:
    return gzipped.put(s3, bucket, "2026/made")


def named(ours: Bundle) -> dict[str, bytes]:
    return {entry["member"]: ours.contents[entry["key"]] for entry in ours.entries}


def test_all_members_from_the_index_to_disk(ours, address, run, tmp_path):
    done = run("extract", address, "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == named(ours)
    assert {path.stat().st_mtime for path in (tmp_path / "out").rglob("*") if path.is_file()} == {MODIFIED}
    assert done.stdout.startswith(f"restored {len(KEYS)} members")


def test_all_members_from_the_archive_alone(ours, address, run, tmp_path):
    done = run("extract", address, "--index", "none", "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == named(ours)


def test_all_members_of_a_local_archive(ours, run, tmp_path):
    done = run("extract", ours.save(tmp_path, "made"), "--to", tmp_path / "out", "--output", "json")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == named(ours)
    assert {line["key"]: line["outcome"] for line in lines(done)} == dict.fromkeys(KEYS, "restored")


def test_listing_says_what_the_index_says(ours, address, run):
    listed = run("list", address, "--output", "json")
    assert listed.returncode == 0, listed.stderr
    assert lines(listed) == ours.entries
    text = run("list", address, "a.txt", "photos/empty").stdout
    assert text == "5\t2023-11-14T22:13:20Z\ta.txt\n0\t2023-11-14T22:13:20Z\tempty\n"
    alone = lines(run("list", address, "--index", "none", "--output", "json"))
    assert [(line["key"], line["size"]) for line in alone] == list(KEYS.items())
    assert "line\\nbreak\n" in run("list", address, "--match", "line*").stdout
    missing = run("list", address, "not there")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "not there: the archive has no such member" in missing.stderr


@pytest.mark.parametrize("index", [[], ["--index", "none"]], ids=["index", "alone"])
def test_one_member(ours, address, run, tmp_path, index):
    for number, key in enumerate(["dir/ünï 日本.bin", "huge", "/absolute", "dir/behind the large one", "empty"]):
        done = run("extract", address, key, "--to", tmp_path / str(number), *index)
        assert done.returncode == 0, done.stderr
        assert list(files(tmp_path / str(number)).values()) == [ours.contents[key]]


def test_globs_and_keys_that_are_missing(place, run, tmp_path):
    done = run("extract", place, "nowhere", "--match", "many/00*", "--match", "*.txt", "--to", tmp_path / "out")
    assert done.returncode == 1
    assert "nowhere: the archive has no such member" in done.stderr
    assert len(files(tmp_path / "out")) == 101


def test_a_dry_run_writes_nothing(place, run, tmp_path):
    done = run("extract", place, "a.txt", "--to", tmp_path / "out", "--dry-run")
    assert done.stdout == f"a.txt -> {tmp_path}/out/a.txt\nwould restore 1 member, 5 B\n"
    assert not (tmp_path / "out").exists()


def test_what_is_there_stays(place, run, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.txt").write_text("mine!")
    done = run("extract", place, "a.txt", "empty", "--to", out)
    assert done.returncode == 1
    assert "is there already, with other bytes; --overwrite replaces it" in done.stderr
    assert files(out) == {"a.txt": b"mine!", "empty": b""}
    again = run("extract", place, "empty", "--to", out, "--output", "json")
    assert (again.returncode, lines(again)[0]["outcome"]) == (0, "unchanged")
    assert run("extract", place, "a.txt", "--to", out, "--overwrite").returncode == 0
    assert (out / "a.txt").read_bytes() != b"mine!"


def hostile_tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:

        def add(name: str, data: bytes = b"bad", **fields: object) -> None:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            for field, value in fields.items():
                setattr(member, field, value)
            tar.addfile(member, io.BytesIO(data))

        add("good", b"good")
        add("../up")
        add("a/../../up")
        add("/absolute")
        add("link", b"", type=tarfile.SYMTYPE, linkname="/")
        add("link/through", b"a folder of that name is made")
        add("hard", b"", type=tarfile.LNKTYPE, linkname="good")
        add("device", b"", type=tarfile.CHRTYPE)
        add("standing/through")
        add("good")
        add("good/below")
        add("x/y", b"xy")
        add("x")
        add("n" * 256)
    return packed.getvalue()


@pytest.mark.parametrize("where", ["s3", "local"])
def test_nothing_is_written_outside_of_the_folder(s3, bucket, run, tmp_path, where):
    (tmp_path / "made.tar").write_bytes(hostile_tar())
    s3.put_object(Bucket=bucket, Key="made.tar", Body=hostile_tar())
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir(), outside.mkdir()
    (out / "standing").symlink_to(outside)
    place = f"s3://{bucket}/made.tar" if where == "s3" else tmp_path / "made.tar"
    done = run("extract", place, "--to", out, "--overwrite", "--output", "json")
    assert done.returncode == 1
    outcomes = [(line["key"], line["outcome"]) for line in lines(done)]
    assert sorted(key for key, outcome in outcomes if outcome == "restored") == ["good", "link/through", "x/y"]
    assert len([outcome for _, outcome in outcomes if outcome == "failed"]) == 11
    assert {line["error_code"] for line in lines(done) if "error_code" in line} == {"refused"}
    assert "x: another member of the archive has the same path" in done.stderr
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "up").exists()
    assert files(out) == {"good": b"good", "link/through": b"a folder of that name is made", "x/y": b"xy"}


def test_the_name_of_a_file_may_be_a_link_but_is_not_followed(gzipped, run, tmp_path):
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.write_text("precious")
    (out / "a.txt").symlink_to(outside)
    archive = gzipped.save(tmp_path, "made")
    assert run("extract", archive, "a.txt", "--to", out).returncode == 1
    assert run("extract", archive, "a.txt", "--to", out, "--overwrite").returncode == 0
    assert outside.read_text() == "precious"
    assert not (out / "a.txt").is_symlink()


@pytest.mark.parametrize("suffix", FORMATS)
def test_damage_is_found_and_named_and_stops_nothing(s3, bucket, run, tmp_path, suffix):
    made = bundle(tmp_path, suffix, {f"{number}": 40_000 for number in range(20)}, frame_size=64 << 10)
    victim = made.entries[10]
    broken = bytearray(made.archive)
    broken[victim["frame_offset"] + victim["frame_length"] // 2] ^= 0x55
    made.archive = bytes(broken)
    done = run("extract", made.put(s3, bucket, "k"), "--to", tmp_path / "out")
    assert done.returncode == 1
    assert f"\ns3haul: {victim['key']}: " in "\n" + done.stderr
    rest = {key: data for key, data in made.contents.items() if key in files(tmp_path / "out")}
    assert files(tmp_path / "out") == rest
    assert victim["key"] not in rest
    assert len(rest) >= 18
    assert [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []


def test_an_object_beside_the_bundle(s3, bucket, run, tmp_path):
    made = bundle(tmp_path, "tar.gz", {"small": 3})
    s3.put_object(Bucket=bucket, Key="beside/film", Body=b"film" * 1000)
    made.entries.append({"bucket": "photos", "key": "film", "size": 4000, "archive": f"s3://{bucket}/beside/film"})
    done = run("extract", made.put(s3, bucket, "k"), "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == {"small": made.contents["small"], "photos/film": b"film" * 1000}


def test_who_may_not_look_for_an_index_reads_an_archive_of_others_without(s3, bucket, run, faults, tmp_path):
    made = bundle(tmp_path, "tar.gz", {"a": 5})
    s3.put_object(Bucket=bucket, Key="k", Body=made.archive)
    denied = {"operation": "HeadObject", "key": "index", "reply": {"status": 403, "code": "AccessDenied"}}
    faults.add(denied)
    address = f"s3://{bucket}/k"
    done = run("extract", address, "--to", tmp_path / "out", **through_proxy())
    assert done.returncode == 0, done.stderr
    assert "k.index.jsonl.gz cannot be looked at" in done.stderr
    assert len(files(tmp_path / "out")) == 1
    named_index = run("list", address, "--index", f"{address}.index.jsonl.gz", **through_proxy())
    assert named_index.returncode == 2
    assert "HeadObject" in named_index.stderr
    s3.put_object(Bucket=bucket, Key="k", Body=made.archive, Metadata={"s3haul-bundle": "0" * 64})
    assert run("list", address, **through_proxy()).returncode == 2


def test_sigterm_stops_it_and_the_same_command_goes_on(s3, bucket, run, faults, tmp_path):
    made = bundle(tmp_path, "tar", {f"{number:02}": 4 * MIB for number in range(20)})
    address, out = made.put(s3, bucket, "k"), tmp_path / "out"
    faults.add({"operation": "GetObject", "delay": 0.5})
    environment = {**os.environ, **through_proxy(), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [PROGRAMS / "s3haul", "extract", address, "--to", out, "--concurrency", "1"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: faults.count("GetObject") >= 4, process)
    process.send_signal(signal.SIGTERM)
    _, messages = process.communicate(timeout=30)
    assert process.returncode == 75, messages
    assert "stopped by SIGTERM" in messages
    assert 0 < len(files(out)) < 20
    assert all(made.contents[name] == data for name, data in files(out).items())
    faults.clear()
    assert run("extract", address, "--to", out).returncode == 0
    assert files(out) == made.contents


PYTHON_TARS = [
    (kind, form) for kind in ("w", "w:gz") for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
]


@pytest.mark.parametrize(("mode", "form"), PYTHON_TARS)
def test_tars_of_others(s3, bucket, run, tmp_path, mode, form):
    source = tmp_path / "source"
    (source / "deep" / ("d" * 90)).mkdir(parents=True)
    wanted = {"one": b"1" * 700, f"deep/{'d' * 90}/two": os.urandom(6 * MIB), "deep/three": b""}
    for name, data in wanted.items():
        (source / name).write_bytes(data)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode, format=form) as tar:
        tar.add(source, arcname=".")
    s3.put_object(Bucket=bucket, Key="theirs", Body=packed.getvalue())
    done = run("extract", f"s3://{bucket}/theirs", "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == wanted
    one = run("extract", f"s3://{bucket}/theirs", "./deep/three", "./one", "--to", tmp_path / "some")
    assert one.returncode == 0, one.stderr
    assert files(tmp_path / "some") == {"one": wanted["one"], "deep/three": b""}


@pytest.mark.parametrize("tool", ["python", "info-zip"])
def test_zips_of_others(s3, bucket, run, tmp_path, tool):
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    wanted = {
        "a": b"a" * 9000,
        "sub/b": os.urandom(12 * MIB),
        "sub/ü": b"",
        **{f"sub/{n}": b"%d" % n for n in range(50)},
    }
    for name, data in wanted.items():
        (source / name).write_bytes(data)
    if tool == "python":
        with zipfile.ZipFile(tmp_path / "theirs.zip", "w", zipfile.ZIP_DEFLATED) as packed:
            for name in wanted:
                packed.write(source / name, name)
    else:
        subprocess.run(["zip", "-qr", tmp_path / "theirs.zip", "."], cwd=source, check=True)
    s3.upload_file(str(tmp_path / "theirs.zip"), bucket, "theirs")
    done = run("extract", f"s3://{bucket}/theirs", "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == wanted


def test_one_member_costs_one_ranged_get_of_its_frame(ours, address, run, faults, tmp_path):
    first = run("extract", address, "many/0100", "--to", tmp_path / "first", **through_proxy())
    assert first.returncode == 0, first.stderr
    assert faults.requests()["counts"] == {"HeadObject": 2, "GetObject": 2}
    faults.clear()
    again = run("extract", address, "many/0200", "--to", tmp_path / "again", **through_proxy())
    assert again.returncode == 0, again.stderr
    assert faults.requests()["counts"] == {"HeadObject": 2, "GetObject": 1}


def test_many_members_are_coalesced(address, run, faults, tmp_path):
    done = run("extract", address, "--match", "many/*", "--to", tmp_path / "out", **through_proxy())
    assert done.returncode == 0, done.stderr
    assert faults.count("GetObject") == 2
    assert len(files(tmp_path / "out")) == 500


def test_an_index_that_changed_is_read_again(s3, bucket, run, tmp_path):
    address = bundle(tmp_path, "tar.gz", {"old": 3}).put(s3, bucket, "k")
    assert run("list", address).stdout.endswith("\told\n")
    bundle(tmp_path, "tar.gz", {"new": 3}).put(s3, bucket, "k")
    assert run("list", address).stdout.endswith("\tnew\n")


def test_a_cache_that_cannot_be_written_is_done_without(place, run, tmp_path):
    (tmp_path / "cache").write_text("in the way")
    done = run("extract", place, "a.txt", "--to", tmp_path / "out")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("fault", ["cut-during-reply", "truncated-body", "internal-error", "slow-down-burst"])
def test_a_broken_connection_goes_on(s3, bucket, run, faults, tmp_path, fault):
    ours = bundle(tmp_path, "tar.gz", {"large": 9 * MIB, "small": 5})
    address = ours.put(s3, bucket, "k")
    faults.add_named(fault, operation="GetObject")
    done = run("extract", address, "--to", tmp_path / "out", **through_proxy())
    assert done.returncode == 0, done.stderr
    assert files(tmp_path / "out") == named(ours)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["extract", "missing.tar", "--to", "out"], "missing.tar: there is no such archive"),
        (["extract", "s3://{bucket}/missing", "--to", "out"], "there is no such archive"),
        (["extract", "text", "--to", "out"], "text is no tar, tar.gz, tar.zst or zip"),
        (["extract", "text"], "say where to: --to DIR"),
        (["extract", "text", "--to", "out", "--match", "["], "'[' has a [ without its end"),
        (["list", "text", "--index", "missing"], "missing: there is no such index"),
        (["list", "text", "--index", "text"], "text: "),
        (["list", "cut.tar.gz"], "cut.tar.gz: The tar ends before its end mark"),
        (["list", "."], ". is not a file"),
    ],
)
def test_wrong_input_is_one_line(run, s3, bucket, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    Path("text").write_text("hello " * 500)
    Path("cut.tar.gz").write_bytes(gzip.compress(hostile_tar())[:-100])
    done = run(*[word.format(bucket=bucket) for word in arguments])
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_index_lies_where_one_says(gzipped, s3, bucket, place, run, tmp_path):
    s3.delete_object(Bucket=bucket, Key="2026/made" + SUFFIX)
    (tmp_path / "elsewhere.gz").write_bytes(gzipped.index)
    done = run("list", place, "--index", tmp_path / "elsewhere.gz", "--output", "json")
    assert lines(done) == gzipped.entries
