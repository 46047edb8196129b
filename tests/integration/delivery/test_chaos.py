"""A few trials of `make chaos`, so that it works when somebody needs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.timeout(300)


def test_a_few_trials_lose_nothing_and_tell_nobody_twice():
    command = [sys.executable, "-m", "tests.chaos", "--trials", "4", "--seed", "20"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    counts = json.loads(done.stdout.splitlines()[-1])
    assert counts["violations"] == []
    assert counts["alerts"] == 4 * 24
    assert counts["delivered"] + counts["accepted"] > 0
