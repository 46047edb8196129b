"""`python -m tests.chaos`: runs the trials and prints JSON: a line for each thing that went wrong, then the counts."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.chaos.machines import running
from tests.chaos.trial import Result, run, settle_ground, summed


def main() -> int:
    """Run; the exit code is 1 where an alert was lost, told twice or left without a reason."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--trials", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1, help="the same seed breaks the same things (default: 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jikimi-chaos-") as folder:
        results = run_trials(Path(folder), arguments.trials, arguments.seed)
    counts = summed(results)
    print(json.dumps({"seed": arguments.seed, **counts}, ensure_ascii=False))
    return 1 if counts["violations"] else 0


def run_trials(folder: Path, trials: int, seed: int) -> list[Result]:
    """Run trials, the first half with one dealer of Alimtalk, the rest with the other."""
    folder.chmod(0o755)
    results = []
    with running(folder) as machines:
        settle_ground(machines)
        for number in range(trials):
            if number == (trials + 1) // 2:
                machines.change_dealer("solapi")
            results.append(run(machines, number, seed))
            _tell(results[-1], trials)
    return results


def _tell(result: Result, trials: int) -> None:
    names = ", ".join(fault.name for fault in result.faults)
    line = f"{result.number + 1}/{trials} {names}: {dict(result.account.states)} in {result.seconds:.1f} s"
    print(line, file=sys.stderr, flush=True)
    for problem in result.account.faults:
        print(json.dumps({"trial": result.number, "faults": names, "problem": problem}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
