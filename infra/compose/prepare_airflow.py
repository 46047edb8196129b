"""`python -m infra.compose.prepare_airflow`: migrates Airflow's database and writes the administrator's password.

With the word `login` the password only: on Kubernetes the chart migrates, and each api-server has a file of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.local.settings import write_private

PASSWORDS_FILE = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"


def main(words: list[str]) -> int:
    """Do both, or with `login` the second; can be repeated. Returns Airflow's exit code."""
    if words != ["login"] and (code := subprocess.run(["airflow", "db", "migrate"], check=False).returncode):
        return code
    write_private(Path(os.environ[PASSWORDS_FILE]), json.dumps({"admin": os.environ["AIRFLOW_ADMIN_PASSWORD"]}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
