"""Headless Chromium: one page, one picture."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars", "--mute-audio",
    "--virtual-time-budget=20000", "--timeout=120000",
)  # fmt: skip
_SECONDS, _TRIALS = 60, 3
# Where the bank is: the dashboards show the times of the reader's zone.
_ZONE = "Asia/Seoul"


class DrawingFailed(Exception):
    """A picture could not be taken, or it would not show what it should."""


def find_chromium() -> str:
    """Return Chromium's command.

    :raises DrawingFailed: it is not installed.
    """
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if not found:
        raise DrawingFailed("Chromium was not found on the PATH: install it (Debian, Ubuntu: apt install chromium)")
    return found


def take_picture(chromium: str, address: str, width: int, height: int, path: Path) -> None:
    """Write what `address` looks like into the PNG at `path`.

    :param width: of the window in pixels, as `height`.
    :raises DrawingFailed: Chromium took no picture, also when it was asked again.
    """
    path.unlink(missing_ok=True)
    said = ""
    for _ in range(_TRIALS):
        said = _run(chromium, address, (width, height), path)
        if path.is_file():
            return
    raise DrawingFailed(f"Chromium took no picture of {address}: {said}")


def _run(chromium: str, address: str, size: tuple[int, int], path: Path) -> str:
    """Return the end of what Chromium said; on a busy machine it hangs now and then before it has begun."""
    with tempfile.TemporaryDirectory(prefix="jikimi-chromium-", ignore_cleanup_errors=True) as profile:
        own = (f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", f"--screenshot={path}")
        environment = os.environ | {"TZ": _ZONE}
        with subprocess.Popen(
            [chromium, *_OPTIONS, *own, address], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            start_new_session=True, text=True,
        ) as process:  # fmt: skip
            try:
                return process.communicate(timeout=_SECONDS)[1][-2000:]
            except subprocess.TimeoutExpired:
                # Its children would live on.
                os.killpg(process.pid, signal.SIGKILL)
                return f"it did not end within {_SECONDS} seconds"
