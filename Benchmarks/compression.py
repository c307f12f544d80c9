"""A mixed corpus, of text, JSON and what is compressed already, into archives: the engine of `s3haul bundle` beside the
tools that people have. `BENCH_MIB` is the size of the corpus in MiB, 2048 unless it says otherwise."""

import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from measure import ROOT, Cost, Report, alternately, run

TOOL = ROOT / ".build/release/ArchiveTool"
MIB = int(os.environ.get("BENCH_MIB", "2048"))
FILE_SIZE = 256 << 10
POOL = 32 << 20


def main() -> None:
    if missing := [tool for tool in ("pigz", "zstd", "zip") if not shutil.which(tool)]:
        sys.exit(f"no {', '.join(missing)}: run scripts/setup bench")
    report = Report("compression", f"{MIB} MiB of text, JSON and compressed data in files of 256 KiB, into archives")
    with tempfile.TemporaryDirectory() as folder:
        corpus, archives = Path(folder, "corpus"), Path(folder, "archives")
        corpus.mkdir(), archives.mkdir()
        write(corpus)
        paths = Path(folder, "paths")
        paths.write_text("".join(f"{path.name}\n" for path in sorted(corpus.iterdir())))
        sizes: dict[str, int] = {}

        def tool(name: str, suffix: str, command: str):
            def once() -> Cost:
                archive = archives / f"{name.replace(' ', '-').replace('|', '')}.{suffix}"
                archive.unlink(missing_ok=True)
                cost, _ = run(name, ["bash", "-o", "pipefail", "-c", f"cd {corpus}; {command.format(archive=archive)}"])
                sizes[name] = archive.stat().st_size
                return cost

            return once

        ours = {suffix: f"{TOOL} pack {suffix} {{archive}} < {paths} > /dev/null" for suffix in SUFFIXES}
        tools = {f"s3haul {suffix}": tool(f"s3haul {suffix}", suffix, ours[suffix]) for suffix in SUFFIXES}
        tools |= {name: tool(name, suffix, command) for name, (suffix, command) in PEERS.items()}
        costs = alternately(2, tools)
    for suffix in SUFFIXES:
        mine = costs[f"s3haul {suffix}"]
        report.add(mine)
        for name, (kind, _) in PEERS.items():
            if kind != suffix:
                continue
            report.add(costs[name])
            limit = 0.5 if suffix == "zip" else 1.0
            report.target(f"{suffix}: seconds, of {name}'s", mine.seconds / costs[name].seconds, limit)
            if suffix != "zip":
                report.target(f"{suffix}: size, of {name}'s", sizes[mine.tool] / sizes[name], 1.03)
    report.write()


SUFFIXES = ["tar.gz", "tar.zst", "zip"]
PEERS = {
    "tar | pigz -6": ("tar.gz", "tar -c --files-from ../paths | pigz -6 > {archive}"),
    "tar | zstd -3 -T2": ("tar.zst", "tar -c --files-from ../paths | zstd -q -3 -T2 > {archive}"),
    "zip": ("zip", "zip -q {archive} -@ < ../paths"),
    "python zipfile": (
        "zip",
        f'{sys.executable} -c \'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED); '
        "[z.write(line.rstrip()) for line in sys.stdin]; z.close()' {archive} < ../paths",
    ),
}


def write(corpus: Path) -> None:
    """Files of each kind in turn: two of prose, one of log lines as JSON, one of noise. They are cut out of pools so
    large that no compressor's window sees the same piece twice."""
    chance = random.Random(1)
    pools = [prose(chance), log(chance)]
    for number in range(MIB * 4):
        name, pool = [("txt", pools[0]), ("txt", pools[0]), ("json", pools[1]), ("jpg", b"")][number % 4]
        start = chance.randrange(len(pool) - FILE_SIZE) if pool else 0
        data = pool[start : start + FILE_SIZE] if pool else chance.randbytes(FILE_SIZE)
        (corpus / f"{number:05}.{name}").write_bytes(data)


def prose(chance: random.Random) -> bytes:
    """Words as often as English has them: the nth most frequent one n times more rarely than the first."""
    letters = "etaoinshrdlcumwfgypbvk"
    words = ["".join(chance.choices(letters, range(22, 0, -1), k=chance.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 2) for rank in range(len(words))]
    text = " ".join(chance.choices(words, weights, k=POOL // 6))
    return "\n".join(text[start : start + 80] for start in range(0, len(text), 80)).encode()


def log(chance: random.Random) -> bytes:
    lines = bytearray()
    while len(lines) < POOL // 2:
        line = {
            "time": f"2026-11-{chance.randint(1, 30):02}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z",
            "level": chance.choice(["info", "info", "info", "warning"]),
            "request": chance.randbytes(8).hex(),
            "path": f"/photos/2026/{chance.randint(1, 9999)}.jpg",
            "status": chance.choice([200, 200, 200, 206, 404]),
            "milliseconds": chance.randint(1, 900),
        }
        lines += json.dumps(line).encode() + b"\n"
    return bytes(lines)


if __name__ == "__main__":
    main()
