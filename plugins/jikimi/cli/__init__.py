"""The command `jikimi`: thin over the store, the files and `ml`."""

from jikimi.cli.app import app

__all__ = ["app"]
