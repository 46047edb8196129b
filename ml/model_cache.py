"""Fitted members on this machine's disk, in the form that opens fastest, and never opened unless they are as written.

A task process lives for a second or two. Opening a member from MLflow's own format costs it ten: MLflow and skops must
be imported and each tree be checked. So a member is opened that way once, and what came out is kept.
"""

import os
import pickle
import platform
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import scipy
import sklearn
import xgboost

from ml.models import Estimator

FORMAT: Final = 3
"""Raise it when a class of the members changes: what an older class wrote would come back half known."""
KEPT_VERSIONS: Final = 4
"""Of each model: those of the champion, the challenger, the panel of before, and one to spare."""
_ABANDONED_SECONDS: Final = 3600
# Another release of a library may not read what this one wrote.
_WRITER: Final = (
    FORMAT,
    platform.python_version(),
    *(module.__version__ for module in (np, scipy, sklearn, xgboost)),
)


@dataclass(frozen=True)
class RegisteredVersion:
    """What makes a member this one and no other.

    :param run_id: of its training: another MLflow server may have a first version of the same model.
    :param model_name: in the registry.
    :param sha256: of its files in the registry; None for versions from before there were digests.
    """

    run_id: str
    model_name: str
    version: int
    sha256: str | None


def open_cached(which: RegisteredVersion, folder: Path, load: Callable[[], Estimator]) -> Estimator:
    """Return a registered version, from the cache where it has been opened on this machine before.

    A version never changes, so what is in the cache is right even while the registry is away. The files are pickles:
    whoever may write to the folder decides what runs. So it is closed to everyone else, a file of somebody else's is
    not opened, and neither is one whose bytes are not those that its name promises: it is fetched again.

    :param load: opens the version from the registry, verified; its errors pass through.
    """
    _close_to_others(folder)
    start = f"{which.model_name}@{which.version}-{_digest(repr((astuple(which), _WRITER)).encode())[:16]}-"
    for file in _files(folder, start):
        content = _content_as_written(file)
        if content is not None:
            os.utime(file)
            return pickle.loads(content)  # type: ignore[no-any-return]  # noqa: S301 - nobody else can have written it
        file.unlink(missing_ok=True)
    member = load()
    _keep(member, folder, start)
    _forget_old(folder, f"{which.model_name}@")
    return member


def _content_as_written(file: Path) -> bytes | None:
    """Return the bytes to open, the very ones that were checked; None where they are not ours or not whole."""
    try:
        status = file.lstat()
        if status.st_uid != os.geteuid() or status.st_mode & 0o022 or file.is_symlink():
            return None
        content = file.read_bytes()
    except OSError:
        return None
    return content if file.stem.endswith(f"-{_digest(content)}") else None


def _keep(member: Estimator, folder: Path, start: str) -> None:
    """Write aside and rename: two tasks at once, or a crash, leave no half model behind.

    The digest is the end of the name, so that both appear in one step.
    """
    # Not joblib, whose reader is written in Python: it takes eight times as long for a forest.
    content = pickle.dumps(member, protocol=5)
    handle, draft = tempfile.mkstemp(dir=folder, suffix=".draft")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(draft).replace(folder / f"{start}{_digest(content)}.pickle")


def _forget_old(folder: Path, start: str) -> None:
    """Remove the versions that were not used for longest, and old files that are none: half ones, former forms."""
    others = [file for file in folder.iterdir() if file.suffix != ".pickle"]
    abandoned = [file for file in others if _used_at(file) < time.time() - _ABANDONED_SECONDS]
    for file in _files(folder, start)[KEPT_VERSIONS:] + abandoned:
        file.unlink(missing_ok=True)


def _files(folder: Path, start: str) -> list[Path]:
    """Return the files of that start, the last used first."""
    return sorted((each for each in folder.glob("*.pickle") if each.name.startswith(start)), key=_used_at, reverse=True)


def _used_at(file: Path) -> float:
    with suppress(FileNotFoundError):  # another task may have removed it
        return file.lstat().st_mtime
    return 0.0


def _close_to_others(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
