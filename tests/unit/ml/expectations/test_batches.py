"""A bad row is quarantined with its reasons and costs no other row anything; only a broken batch is held."""

import json
from datetime import UTC, datetime

import great_expectations.expectations as gxe
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.expectations import batches, parse, validate
from ml.schema import COLUMN_NAMES, REQUIRED_NAMES

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = {
    "transaction_id": "T0",
    "occurred_at": "2025-12-31T10:00:00+09:00",
    "customer_id": "C1",
    "merchant_id": "M1",
    "merchant_name": "지킴이 카페 \u200d☕",
    "category": "coffee",
    "amount": "4500",
    "currency": "KRW",
    "card_number": "1234567890123456",
    "customer_latitude": "37.5665",
    "customer_longitude": "126.9780",
    "merchant_latitude": "-90",
    "merchant_longitude": "180",
}
LONG = "x" * 1_000_000
BAD = [
    pytest.param({"transaction_id": None}, ["transaction_id_is_present"], id="no id"),
    pytest.param({"transaction_id": "   "}, ["transaction_id_is_present"], id="blank id"),
    pytest.param({"transaction_id": "T 1"}, ["transaction_id_well_formed"], id="id with a blank"),
    pytest.param({"transaction_id": "T1\n"}, ["transaction_id_well_formed"], id="id with a last newline"),
    pytest.param({"transaction_id": LONG}, ["transaction_id_short_enough"], id="1 MB id"),
    pytest.param({"occurred_at": None}, ["occurred_at_is_present"], id="no instant"),
    pytest.param({"occurred_at": "yesterday"}, ["occurred_at_is_an_instant"], id="broken instant"),
    pytest.param({"occurred_at": "2025-02-30T00:00:00"}, ["occurred_at_is_an_instant"], id="day that does not exist"),
    pytest.param({"occurred_at": LONG}, ["occurred_at_is_an_instant"], id="1 MB instant"),
    pytest.param({"occurred_at": "2026-01-01T00:05:01Z"}, ["occurred_at_not_in_the_future"], id="future"),
    pytest.param({"occurred_at": "9999-12-31T23:59:59Z"}, ["occurred_at_not_in_the_future"], id="far future"),
    pytest.param({"occurred_at": "2016-01-03T23:59:59Z"}, ["occurred_at_not_too_old"], id="too old"),
    pytest.param({"occurred_at": "0001-01-01T00:00:00Z"}, ["occurred_at_not_too_old"], id="year one"),
    pytest.param({"customer_id": ""}, ["customer_id_is_present"], id="no customer"),
    pytest.param({"customer_id": "C\u20001"}, ["customer_id_well_formed"], id="odd customer"),
    pytest.param({"merchant_id": None}, ["merchant_id_is_present"], id="no merchant"),
    pytest.param({"merchant_id": "M\x00"}, ["merchant_id_is_clean_text"], id="NUL byte"),
    pytest.param({"merchant_id": "M\u2400"}, ["merchant_id_is_clean_text"], id="picture of a NUL"),
    pytest.param({"merchant_name": "caf\ufffd"}, ["merchant_name_is_clean_text"], id="bytes that were not UTF-8"),
    pytest.param({"merchant_name": "caf\udce9"}, ["merchant_name_is_clean_text"], id="half a surrogate"),
    pytest.param({"merchant_name": "a\x1b[31m"}, ["merchant_name_is_clean_text"], id="control character"),
    pytest.param({"merchant_name": LONG}, ["merchant_name_short_enough"], id="1 MB text"),
    pytest.param({"category": "c\n" + "d" * 60}, ["category_is_clean_text", "category_short_enough"], id="two reasons"),
    pytest.param({"amount": None}, ["amount_is_present"], id="no amount"),
    pytest.param({"amount": "much"}, ["amount_is_a_number"], id="broken amount"),
    pytest.param({"amount": "NaN"}, ["amount_is_a_number"], id="NaN"),
    pytest.param({"amount": "inf"}, ["amount_is_a_number"], id="infinity"),
    pytest.param({"amount": "1,000"}, ["amount_is_a_number"], id="thousands separator"),
    pytest.param({"amount": LONG}, ["amount_is_a_number"], id="1 MB amount"),
    pytest.param({"amount": "0"}, ["amount_is_positive"], id="zero"),
    pytest.param({"amount": "-1"}, ["amount_is_positive"], id="negative"),
    pytest.param({"amount": "0.0004"}, ["amount_is_positive"], id="nothing once stored"),
    pytest.param({"amount": "1e400"}, ["amount_not_too_large"], id="beyond floats"),
    pytest.param({"amount": "1000000000.01"}, ["amount_not_too_large"], id="beyond the range"),
    pytest.param({"currency": None}, ["currency_is_present"], id="no currency"),
    pytest.param({"currency": "krw"}, ["currency_is_known"], id="unknown currency"),
    pytest.param({"card_number": "1234-5678-9012"}, ["card_number_well_formed"], id="card with dashes"),
    pytest.param({"customer_latitude": "90.1"}, ["customer_latitude_is_a_number_in_range"], id="latitude"),
    pytest.param({"customer_longitude": "east"}, ["customer_longitude_is_a_number_in_range"], id="longitude"),
    pytest.param({"merchant_latitude": "1e400"}, ["merchant_latitude_is_a_number_in_range"], id="infinite latitude"),
    pytest.param({"amount": "0", "currency": "XXX"}, ["amount_is_positive", "currency_is_known"], id="two columns"),
]
ANY_TEXT = st.one_of(st.none(), st.text(st.characters(codec=None), max_size=30))
ANY_ROW = st.fixed_dictionaries({name: st.just(value) | st.just(value) | ANY_TEXT for name, value in GOOD.items()})


def landed(*changes: dict, first_id: int = 100) -> pd.DataFrame:
    rows = [GOOD | {"transaction_id": f"T{number}"} | change for number, change in enumerate(changes)]
    frame = pd.DataFrame(rows, columns=list(COLUMN_NAMES), dtype="object")
    return frame.set_axis(range(first_id, first_id + len(rows)))


def stored(validation: batches.Validation) -> pd.DataFrame:
    return validation.valid.drop(columns="card_number").assign(card_masked="1234-56**-****-3456")


@pytest.fixture(scope="module")
def between_good_rows() -> batches.Validation:
    """Every bad row of `BAD`, each between two good ones, in one batch: bad ones have odd landed ids."""
    return validate(landed({}, *(change for case in BAD for change in (case.values[0], {})), first_id=0), NOW)


@pytest.mark.parametrize(("number", "case"), [pytest.param(n, c, id=c.id) for n, c in enumerate(BAD)])
def test_bad_row_is_quarantined_with_its_reasons(between_good_rows, number, case):
    assert between_good_rows.quarantined.loc[2 * number + 1, "reasons"] == case.values[1]


def test_good_rows_between_bad_ones_are_unaffected(between_good_rows):
    assert between_good_rows.valid.index.tolist() == list(range(0, 2 * len(BAD) + 1, 2))
    assert len(between_good_rows.quarantined) == len(BAD)
    assert not between_good_rows.is_held


def test_good_row_is_typed():
    row = validate(landed({}), NOW).valid.loc[100]
    assert row["occurred_at"] == pd.Timestamp("2025-12-31T01:00:00Z")
    assert (row["amount"], row["merchant_longitude"]) == (4500.0, 180.0)


def test_row_without_optional_fields_is_good():
    optional = dict.fromkeys(set(COLUMN_NAMES) - set(REQUIRED_NAMES))
    assert validate(landed(optional), NOW).valid.index.tolist() == [100]


def test_unknown_customer_is_no_reason():
    assert len(validate(landed({"customer_id": "never-seen-before"}), NOW).valid) == 1


def test_age_and_future_are_settings():
    rows = landed({"occurred_at": "2025-12-30T00:00:00Z"}, {"occurred_at": "2026-01-01T01:00:00Z"})
    strict = validate(rows, NOW, max_age_days=1, max_future_seconds=0)
    assert strict.quarantined["reasons"].sum() == ["occurred_at_not_too_old", "occurred_at_not_in_the_future"]
    assert len(validate(rows, NOW, max_age_days=1e9, max_future_seconds=3600).valid) == 2


def test_now_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        validate(landed({}), NOW.replace(tzinfo=None))


def test_same_id_and_content_within_a_batch_is_repeated():
    validation = validate(landed({"transaction_id": "A"}, {"transaction_id": "A", "amount": "4500.000"}), NOW)
    assert (validation.valid.index.tolist(), validation.repeated) == ([100], [101])
    assert validation.quarantined.empty


def test_same_id_with_other_content_within_a_batch_is_quarantined():
    validation = validate(landed({"transaction_id": "A"}, {"transaction_id": "A", "amount": "1"}), NOW)
    assert validation.valid.index.tolist() == [100]
    assert validation.quarantined["reasons"].to_dict() == {101: ["transaction_id_used_for_other_content"]}


def test_row_that_corrects_a_bad_one_in_the_same_batch_is_good():
    validation = validate(landed({"transaction_id": "A", "amount": "x"}, {"transaction_id": "A"}), NOW)
    assert (validation.quarantined.index.tolist(), validation.valid.index.tolist()) == ([100], [101])


def test_batch_that_lands_again_is_repeated_throughout():
    rows = landed({}, {"merchant_name": None, "merchant_latitude": None})
    validation = validate(rows, NOW, known=stored(validate(rows, NOW)))
    assert (validation.repeated, len(validation.valid), len(validation.quarantined)) == ([100, 101], 0, 0)


def test_known_id_with_other_content_is_quarantined():
    known = stored(validate(landed({}, {}), NOW))
    validation = validate(landed({}, {"amount": "4501"}, {}), NOW, known=known)
    assert validation.quarantined["reasons"].to_dict() == {101: ["transaction_id_used_for_other_content"]}
    assert (validation.repeated, validation.valid.index.tolist()) == ([100], [102])


@pytest.mark.parametrize("missing", [pytest.param(["amount"], id="one"), pytest.param(REQUIRED_NAMES, id="all")])
def test_batch_without_a_required_column_is_held(missing):
    validation = validate(landed({}, {}).drop(columns=list(missing)), NOW)
    assert validation.is_held
    assert validation.held_reason == f"The batch has no column {', '.join(missing)}."
    assert not validation.result["success"]
    assert (len(validation.valid), len(validation.quarantined), validation.repeated) == (0, 0, [])


def test_batch_without_an_optional_column_goes_on():
    validation = validate(landed({}).drop(columns=["category", "card_number"]), NOW)
    assert validation.valid["category"].isna().all()
    assert not validation.is_held


def test_batch_that_cannot_be_evaluated_is_held_and_not_passed(monkeypatch):
    broken = gxe.ExpectColumnValuesToNotBeNull(column="no such column", meta={"name": "impossible"})
    monkeypatch.setattr(batches, "row_expectations", lambda *arguments: [broken])
    validation = validate(landed({}), NOW)
    assert validation.held_reason == "Great Expectations could not evaluate impossible."
    assert len(validation.valid) == 0


def test_empty_batch_is_nothing_to_worry_about():
    validation = validate(landed(), NOW)
    assert (validation.is_held, len(validation.valid), validation.result["success"]) == (False, 0, True)


def test_result_counts_without_a_single_value_of_a_row():
    secret = {"customer_id": "secret customer!", "merchant_name": "secret\x01", "card_number": "secretcard"}
    again = {"transaction_id": "SECRET1", "amount": "7777.77"}
    validation = validate(landed(secret, again, again | {"amount": "8888.88"}, *[{"currency": "???"}] * 30), NOW)
    text = json.dumps(validation.result, allow_nan=False)
    assert not [value for value in ("secret", "SECRET", "7777", "8888", "???", "지킴이", "1234567890") if value in text]
    assert validation.result["meta"]["counts"] == {"landed": 33, "valid": 1, "quarantined": 32, "repeated": 0}
    failed = {one["expectation_config"]["meta"]["name"]: one["result"] for one in validation.result["results"]}
    assert failed["currency_is_known"]["unexpected_count"] == 30
    assert failed["currency_is_known"]["unexpected_index_list"] == list(range(103, 123))


def test_names_are_unique():
    results = validate(landed({}), NOW).result["results"]
    names = [one["expectation_config"]["meta"]["name"] for one in results]
    assert len(names) == len(set(names)) == 31


@settings(max_examples=10, deadline=None, derandomize=True)
@given(rows=st.lists(ANY_ROW, max_size=12))
def test_every_landed_row_is_valid_quarantined_or_repeated(rows):
    known = parse(landed({})).assign(card_masked="1234-56**-****-3456").drop(columns="card_number")
    validation = validate(landed(*rows), NOW, known=known)
    outcomes = [*validation.valid.index, *validation.quarantined.index, *validation.repeated]
    assert sorted(outcomes) == list(range(100, 100 + len(rows)))
    assert validation.quarantined["reasons"].map(len).gt(0).all()
    assert not validation.valid[list(REQUIRED_NAMES)].isna().any(axis=None)
