"""`python -m infra.postgres`: roles, databases and migrations on the server named by `JIKIMI_POSTGRES_URL`."""

import os
import sys
from collections.abc import Mapping

import psycopg

from infra.postgres.databases import DATABASES, ROLES, prepare_server

ADMIN_URL = "JIKIMI_POSTGRES_URL"


def password_variable(role: str) -> str:
    """Return the name of the variable that holds a role's password."""
    return f"{role.upper()}_DB_PASSWORD"


def main(environment: Mapping[str, str] = os.environ) -> int:
    """Prepare the server and say so. Returns the exit code: 2 for a missing variable, 1 for a refusal."""
    names = [ADMIN_URL, *map(password_variable, ROLES)]
    if missing := [name for name in names if not environment.get(name)]:
        print(f"error: {', '.join(missing)} must be set.", file=sys.stderr)
        return 2
    try:
        prepare_server(environment[ADMIN_URL], {role: environment[password_variable(role)] for role in ROLES})
    except psycopg.Error as error:
        print(f"error: {ADMIN_URL}: {str(error).strip()}", file=sys.stderr)
        return 1
    print(f"databases {', '.join(DATABASES)}: roles, rights and migrations are up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
