"""Looks for what no log may hold: names, telephone numbers, addresses, card numbers, tokens and secrets in clear."""

import json
import sqlite3
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

# Shorter ones would be found in any log by chance.
_SHORTEST = 6
_SHORTEST_NAME = 3


def secrets_of(stack: Any) -> dict[str, str]:
    """Return all that this stack knows of people, and every key to it: value -> what it is."""
    people = stack.ask("select distinct name from customers where name is not null")
    routes = stack.ask("select distinct channel, address from customer_channels where address is not null")
    cards = stack.ask("select distinct card_number from landed_transactions where card_number is not null")
    generated = json.loads((stack.home / "secrets.json").read_text(encoding="utf-8"))
    found = {row["name"]: "a name" for row in people if len(row["name"]) >= _SHORTEST_NAME}
    found |= {row["address"]: f"an address for {row['channel']}" for row in routes}
    found |= {row["card_number"]: "a card number" for row in cards if len(row["card_number"]) >= _SHORTEST}
    found |= {value: f"the secret {name}" for name, value in generated.items()}
    return found | dict.fromkeys(_tokens(stack.home / "kakao_sandbox"), "a token")


def findings(folders: Iterable[Path], secrets: Mapping[str, str]) -> list[str]:
    """Return a sentence for each place that holds one of them; the sentence does not repeat it."""
    with NamedTemporaryFile("w", encoding="utf-8") as patterns:
        patterns.write("\n".join(secrets) + "\n")
        patterns.flush()
        options = ["--recursive", "--text", "--fixed-strings", "--only-matching", "--with-filename", "--null"]
        command = ["grep", *options, "--file", patterns.name, "--", *map(str, folders)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode in (0, 1), done.stderr
    lines = (line.split("\0", 1) for line in done.stdout.splitlines() if "\0" in line)
    return sorted({f"{file} holds {secrets.get(match, 'something secret')}" for file, match in lines})


def _tokens(folder: Path) -> list[str]:
    """Return every token that the sandbox ever issued."""
    with sqlite3.connect(f"file:{folder / 'sandbox.sqlite3'}?mode=ro", uri=True) as database:
        return [row[0] for row in database.execute("select token from tokens")]
