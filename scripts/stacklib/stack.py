"""scripts/stack: the real servers that tests, benchmarks and the demo run on, for as long as they are needed."""

from __future__ import annotations

import argparse
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path

from .servers import Servers, neutral_environment
from .signals import Stopped, raise_when_stopped


def run(command: list[str], environment: dict[str, str]) -> int:
    """Runs the command to its end; a signal to the stack ends the command first."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except Stopped:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/stack", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("up", help="print the environment as export lines, and keep the servers up until Ctrl-C")
    runner = verbs.add_parser("run", help="run a command with the servers: scripts/stack run -- COMMAND...")
    runner.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    raise_when_stopped()
    try:
        with tempfile.TemporaryDirectory(prefix="s3haul-stack-") as folder, Servers(Path(folder)) as servers:
            environment = servers.environment()
            if arguments.verb == "run":
                raise SystemExit(run(arguments.command, {**neutral_environment(), **environment}))
            for name, value in environment.items():
                print(f"export {name}={shlex.quote(value)}", flush=True)
            signal.pause()
    except Stopped as stopped:
        raise SystemExit(stopped.exit_code) from None


if __name__ == "__main__":
    main()
