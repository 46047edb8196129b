"""Lands rows of a file at a rate, as the role `producer` and by COPY: a bank's own system, as cheap as one can be."""

import os
import sys
import time
from io import BytesIO

import pandas as pd
import psycopg

from ml.schema import COLUMN_NAMES

BURSTS_PER_SECOND = 5
STATEMENT = f"copy landed_transactions ({', '.join(COLUMN_NAMES)}) from stdin (format csv)"


def main(file: str, rate: int, seconds: int) -> None:
    """Say that the file is read, land its rows, and print how many landed."""
    bursts = _bursts(file, rate * seconds, max(1, rate // BURSTS_PER_SECOND))
    print("ready", flush=True)
    began, landed = time.monotonic(), 0
    with psycopg.connect(os.environ["PRODUCER_URL"], autocommit=True) as connection:
        for rows, content in bursts:
            time.sleep(max(0.0, landed / rate - (time.monotonic() - began)))
            with connection.cursor().copy(STATEMENT) as copy:
                copy.write(content)
            landed += rows
    print(landed, flush=True)


def _bursts(file: str, most: int, size: int) -> list[tuple[int, bytes]]:
    """Return (rows, CSV) of each burst, made beforehand so that landing takes nothing from what is measured."""
    rows = pd.read_parquet(file, columns=list(COLUMN_NAMES))[list(COLUMN_NAMES)].iloc[:most]
    rows["occurred_at"] = rows["occurred_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return [(len(part), _csv(part)) for part in (rows.iloc[at : at + size] for at in range(0, len(rows), size))]


def _csv(rows: pd.DataFrame) -> bytes:
    content = BytesIO()
    rows.to_csv(content, index=False, header=False)
    return content.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
