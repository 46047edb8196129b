"""One hash for a member's files, so that nobody opens files that are not those of the training."""

from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

ADDED_BY_DOWNLOAD: Final = frozenset({"registered_model_meta"})
"""What MLflow writes beside the files when it downloads them."""


class TamperedArtefactError(Exception):
    """The files of a registered version are not those that were logged; nothing of them was opened.

    :param name: in the registry.
    :param expected: the digest of the files when they were logged.
    """

    def __init__(self, name: str, version: int, expected: str, found: str) -> None:
        self.name, self.version = name, version
        super().__init__(
            f"the files of {name} version {version} in MLflow's artefact store are not those of its training"
            f" (sha256 {found[:12]}…, expected {expected[:12]}…), so they were not opened. Find out who changed them;"
            " restore them from a backup, or go back to another panel (`jikimi panel rollback`) and train a new one"
        )


def folder_sha256(folder: Path) -> str:
    """Return one digest of a folder's files: of their relative paths and contents, sorted by path.

    :return: 64 hexadecimal digits.
    """
    whole = sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = file.relative_to(folder).as_posix()
        if name not in ADDED_BY_DOWNLOAD:
            with file.open("rb") as content:
                whole.update(f"{file_digest(content, 'sha256').hexdigest()}  {name}\n".encode())
    return whole.hexdigest()
