"""Kept results can be rendered again, from their JSON alone."""

import json
from datetime import UTC, datetime

import pandas as pd

from ml.expectations import validate, write_data_docs
from ml.schema import COLUMN_NAMES

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def result(*amounts: str | None) -> dict:
    rows = pd.DataFrame(dict.fromkeys(COLUMN_NAMES) | {"amount": pd.Series(amounts, dtype="object")})
    return json.loads(json.dumps(validate(rows, NOW).result))


def held_result() -> dict:
    return json.loads(json.dumps(validate(pd.DataFrame({"amount": ["1"]}), NOW).result))


def test_index_links_to_a_page_for_each_result(tmp_path):
    index = write_data_docs([result("1", None), result("x"), held_result()], tmp_path / "docs")
    pages = sorted(path.relative_to(index.parent).as_posix() for path in index.parent.glob("validations/**/*.html"))
    assert len(pages) == 3
    assert not [page for page in pages if page not in index.read_text()]


def test_page_names_the_expectations(tmp_path):
    write_data_docs([result("x")], tmp_path)
    page = next(tmp_path.glob("validations/**/*.html")).read_text()
    assert "amount_is_a_number" in page
    assert "transaction_id_used_for_other_content" in page


def test_older_pages_go(tmp_path):
    write_data_docs([result("1"), result("2")], tmp_path)
    write_data_docs([result("3")], tmp_path)
    assert len(list(tmp_path.glob("validations/**/*.html"))) == 1


def test_no_results_still_give_an_index(tmp_path):
    assert write_data_docs([], tmp_path).is_file()
