"""One training as the operator does it, without MLflow: reads the history, trains, prints what it reached and took."""

import json
import resource
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from jikimi import defaults
from jikimi.operators.training import history_in_memory, history_on_disk
from jikimi.store.connection import open_store
from ml.evaluation.ranking import MEASURES
from ml.fitting import fit_at_once
from ml.long_history import fit_in_pieces
from ml.training import TrainingSpec, train


def main(engine: str) -> None:
    """Train on all rows."""
    spec, started = TrainingSpec(), time.perf_counter()
    defaults.training_folder().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=defaults.training_folder()) as name, open_store() as store:
        is_on_disk = engine == "disk"
        history = history_on_disk(store, spec, Path(name)) if is_on_disk else history_in_memory(store, spec)
        read = time.perf_counter()
        panel = train(*history, spec, partial(fit_in_pieces, folder=Path(name)) if is_on_disk else fit_at_once)
    figures = {
        "seconds": round(time.perf_counter() - started, 1),
        "of_them_until_features_s": round(read - started, 1),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "rows": len(history[1]),
        "training_rows": panel.training_rows,
        "training_sha256": panel.training_sha256[:16],
        **{name: round(panel.figures[name], 4) for name in MEASURES},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
