"""What keeps a script from its work, said in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError


class Problem(Exception):
    """Something that whoever runs the script can put right; its text says how."""


def run(program: str, main: Callable[[], int | None]) -> None:
    """Runs a script: a problem, or what AWS refuses, is one line and exit code 2, Ctrl-C is 130."""
    try:
        raise SystemExit(main() or 0)
    except (Problem, BotoCoreError, ClientError) as problem:
        print(f"{program}: {problem}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
