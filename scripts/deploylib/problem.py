"""What keeps a script from its work, said in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable


class Problem(Exception):
    """Something that whoever runs the script can put right; its text says how."""


def run(program: str, main: Callable[[], int | None]) -> None:
    """Runs a script: a problem is one line and exit code 2, Ctrl-C is 130."""
    try:
        raise SystemExit(main() or 0)
    except Problem as problem:
        print(f"{program}: {problem}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
