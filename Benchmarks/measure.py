"""Running a command as a user would, and what it cost: seconds, CPU, peak memory. Tables and JSON of the results."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "Benchmarks" / "results"


@dataclass
class Cost:
    """What one run of a command cost; the least of several runs, field by field."""

    tool: str
    seconds: float
    cpu_seconds: float
    peak_mib: float

    def least(self, other: "Cost") -> "Cost":
        return Cost(
            self.tool,
            min(self.seconds, other.seconds),
            min(self.cpu_seconds, other.cpu_seconds),
            max(self.peak_mib, other.peak_mib),
        )


def run(tool: str, command: list, env: dict | None = None) -> tuple[Cost, str]:
    """Runs a command to its end, and gives its cost and its standard output. GNU time measures: a child of this
    process would count this process's memory as its own."""
    with tempfile.NamedTemporaryFile("r") as figures:
        done = subprocess.run(
            ["/usr/bin/time", "-q", "-o", figures.name, "-f", "%e %U %S %M", *map(str, command)],
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            sys.exit(f"{tool} failed with {done.returncode}:\n{done.stderr[-2000:]}")
        wall, user, system, kib = figures.read().split()
    return Cost(tool, float(wall), float(user) + float(system), int(kib) / 1024), done.stdout


class Report:
    """A benchmark's table: a row a tool, each beside s3haul; and the targets that its issue names."""

    def __init__(self, name: str, work: str):
        self.name, self.work = name, work
        self.costs: list[Cost] = []
        self.targets: list[dict] = []

    def add(self, cost: Cost) -> None:
        self.costs.append(cost)

    def cost(self, tool: str) -> Cost:
        return next(cost for cost in self.costs if cost.tool == tool)

    def target(self, what: str, value: float, limit: float, unit: str = "") -> None:
        """Notes a figure that must not be above its limit."""
        self.targets.append({"what": what, "value": value, "limit": limit, "unit": unit, "met": value <= limit})

    def write(self) -> None:
        print(f"\n{self.name}: {self.work}")
        if self.costs:
            ours = next(cost for cost in self.costs if cost.tool.startswith("s3haul"))
            print(f"  {'':22}{'seconds':>9}{'CPU s':>9}{'peak MiB':>10}{'s3haul/it: s':>14}{'CPU':>7}")
            for cost in self.costs:
                # A table of several kinds of work has a row of ours above each.
                ours = cost if cost.tool.startswith("s3haul") else ours
                print(
                    f"  {cost.tool:22}{cost.seconds:9.2f}{cost.cpu_seconds:9.2f}{cost.peak_mib:10.1f}"
                    f"{ratio(ours.seconds, cost.seconds):>14}{ratio(ours.cpu_seconds, cost.cpu_seconds):>7}"
                )
        for target in self.targets:
            sign = "ok  " if target["met"] else "MISS"
            print(f"  {sign} {target['what']}: {target['value']:.4g}{target['unit']} (at most {target['limit']:.4g})")
        RESULTS.mkdir(exist_ok=True)
        content = {
            "name": self.name,
            "work": self.work,
            "machine": {"cores": os.cpu_count(), "system": platform.platform()},
            "costs": [asdict(cost) for cost in self.costs],
            "targets": self.targets,
        }
        (RESULTS / f"{self.name}.json").write_text(json.dumps(content, indent=2) + "\n")


def ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if theirs else "-"


def alternately(rounds: int, tools: dict) -> dict[str, Cost]:
    """Runs each tool once a round, in turn, so that what else the machine does falls on all; gives the least."""
    least: dict[str, Cost] = {}
    for _ in range(rounds):
        for tool, once in tools.items():
            cost = once()
            least[tool] = least[tool].least(cost) if tool in least else cost
    return least
