"""Runs the benchmarks, all or the ones named: `make bench`, `make bench ONLY="engine small"`.

Each prints a table, s3haul beside the tools that a user would pick instead, and writes it to Benchmarks/results/ as
JSON. The programs must be built, and an S3 server must be there: scripts/stack starts one.
"""

import importlib
import json
import sys

from measure import RESULTS

ALL = ["engine", "small", "large", "latency", "resume", "driver", "bundle", "days", "group", "compression", "extract"]


def main() -> int:
    names = sys.argv[1:] or ALL
    if strangers := set(names) - set(ALL):
        sys.exit(f"no such benchmark: {', '.join(sorted(strangers))}; there are {', '.join(ALL)}")
    for name in names:
        importlib.import_module(name).main()
    missed = [
        f"{name}: {target['what']}"
        for name in names
        for target in json.loads((RESULTS / f"{name}.json").read_text())["targets"]
        if not target["met"]
    ]
    print("\nEvery target is met." if not missed else "\nMissed:\n  " + "\n  ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
