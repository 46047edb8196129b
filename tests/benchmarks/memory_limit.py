"""A process that may take so much memory and no more, as a small container would give it."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_OLD, _NEW = _ROOT / "memory", _ROOT / "cgroup.controllers"


class NoLimit(Exception):
    """This machine lets us limit nothing: it takes root, or a control group of our own."""


def run_limited(command: Sequence[str], environment: Mapping[str, str], megabytes: int | None) -> tuple[int, str]:
    """Run a command in a control group and return its code and what it printed; without a limit just run it.

    :raises NoLimit: there is no control group that we may make.
    """
    with _group(megabytes) as processes:

        def enter() -> None:
            if processes is not None:
                processes.write_text(str(os.getpid()), encoding="ascii")

        done = subprocess.run(
            command, env=dict(environment), stdout=subprocess.PIPE, text=True, check=False, preexec_fn=enter
        )
    return done.returncode, done.stdout


@contextmanager
def _group(megabytes: int | None) -> Iterator[Path | None]:
    """Make a control group without swap, and give the file that processes enter it by."""
    if megabytes is None:
        yield None
        return
    is_new = _NEW.exists()
    group = (_ROOT if is_new else _OLD) / f"jikimi-{os.getpid()}"
    names = ("memory.max", "memory.swap.max") if is_new else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
    try:
        group.mkdir()
        (group / names[0]).write_text(str(megabytes << 20), encoding="ascii")
    except OSError as error:
        raise NoLimit(str(error)) from error
    try:
        swap = group / names[1]
        if swap.exists():
            swap.write_text("0" if is_new else str(megabytes << 20), encoding="ascii")
        yield group / "cgroup.procs"
    finally:
        group.rmdir()
