"""Finds and ends the processes of one stack, also those whose manager was killed.

Task processes lead groups of their own, so a manager's signal to its children's groups does not reach them all;
the variable that every process of a stack inherits does.
"""

import os
from pathlib import Path

import psutil

from infra.local.settings import STACK_VARIABLE


def processes_of(home: Path) -> list[psutil.Process]:
    """Return the living processes of the stack whose folder is `home`, never this one or those that started it."""
    family = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    return [process for process in psutil.process_iter() if process.pid not in family and _belongs(process, home)]


def end_processes_of(home: Path, patience: float = 10) -> int:
    """End them: politely, and after `patience` seconds for good. Returns how many there were."""
    found = processes_of(home)
    for process in found:
        _signal(process, "terminate")
    _, stubborn = psutil.wait_procs(found, timeout=patience)
    for process in stubborn:
        _signal(process, "kill")
    psutil.wait_procs(stubborn, timeout=5)
    return len(found)


def _belongs(process: psutil.Process, home: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(STACK_VARIABLE) == str(home)
    except (psutil.Error, OSError):
        return False


def _signal(process: psutil.Process, verb: str) -> None:
    try:
        getattr(process, verb)()
    except psutil.NoSuchProcess:
        return
