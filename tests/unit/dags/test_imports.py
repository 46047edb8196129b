"""DAG files stay thin: what they import is decided in DESIGN.md, and import-linter cannot see files of no package."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DAGS = sorted((ROOT / "dags").glob("*.py"))
CODE = [*DAGS, *(file for name in ("ml", "plugins", "infra", "grafana") for file in (ROOT / name).rglob("*.py"))]


def imported(file, nodes=None):
    for node in nodes or ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("file", DAGS, ids=lambda file: file.stem)
def test_a_dag_imports_only_airflow_and_jikimi_at_its_top(file):
    top = ast.parse(file.read_text(encoding="utf-8")).body
    assert set(imported(file, top)) <= {"airflow", "jikimi", "datetime", "typing"}


@pytest.mark.parametrize("file", DAGS, ids=lambda file: file.stem)
def test_a_dag_file_is_at_most_a_hundred_lines(file):
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 100


def test_nobody_imports_tests():
    assert [str(file.relative_to(ROOT)) for file in CODE if "tests" in imported(file)] == []
