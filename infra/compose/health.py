"""`python -m infra.compose.health URL [PART]`: exit 0 where a page answers and, of Airflow's, says PART is healthy.

Standard library only, since it runs every few seconds in each container: `airflow jobs check` takes seconds of CPU.
"""

import json
import sys
from urllib.request import urlopen

_SECONDS = 5


def problem(url: str, part: str | None = None) -> str | None:
    """Return what is wrong, or None.

    :param part: a component on Airflow's health page, for example `scheduler`.
    """
    try:
        with urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - the address stands in docker-compose.yaml
            body = answer.read()
        status = json.loads(body)[part]["status"] if part else "healthy"
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{url}: {type(error).__name__}: {error}"
    return None if status == "healthy" else f"{url}: {part} is {status}"


def main(arguments: list[str]) -> int:
    """Print what is wrong. Returns the exit code."""
    if found := problem(*arguments[:2]):
        print(found)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
