"""`python -m infra.compose.prepare_airflow`: migrates Airflow's database and writes the administrator's password."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.local.settings import write_private

PASSWORDS_FILE = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"


def main() -> int:
    """Do both; can be repeated. Returns Airflow's exit code."""
    done = subprocess.run(["airflow", "db", "migrate"], check=False)
    if done.returncode == 0:
        write_private(Path(os.environ[PASSWORDS_FILE]), json.dumps({"admin": os.environ["AIRFLOW_ADMIN_PASSWORD"]}))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
