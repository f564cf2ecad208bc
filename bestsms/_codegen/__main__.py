"""``python -m bestsms._codegen [--check]``: write ``bestsms/api``, or say how it differs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bestsms._codegen.render import render

TARGET = Path(__file__).parent.parent / "api"


def main(arguments: list[str] | None = None, *, target: Path = TARGET) -> int:
    """Write the package, or with ``--check`` compare whole files and the set of files.

    Returns:
        The exit code: 1 if a check found a difference.
    """
    parser = argparse.ArgumentParser(prog="python -m bestsms._codegen", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if files differ")
    check = parser.parse_args(arguments).check
    wanted = render()
    present = {path.name: path.read_text(encoding="utf-8") for path in target.glob("*.py")}
    stale = sorted(present.keys() - wanted.keys())
    changed = sorted(name for name, text in wanted.items() if present.get(name) != text)
    if check:
        for name in [*changed, *stale]:
            print(f"{target / name} is not what openapi.yaml says; run python -m bestsms._codegen")  # noqa: T201
        return 1 if changed or stale else 0
    for name in stale:
        (target / name).unlink()
    for name in changed:
        (target / name).write_text(wanted[name], encoding="utf-8")
    print(f"{len(changed)} files written, {len(stale)} removed")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
