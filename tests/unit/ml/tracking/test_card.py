"""Texts say what could not be computed, and carry one decision only."""

import math

from ml.tracking.card import with_decision
from ml.tracking.describing import finite, number, share


def test_a_figure_that_could_not_be_computed_is_said_to_be_missing() -> None:
    assert number({"auc_roc": math.nan}, "auc_roc") == "n/a"
    assert number({}, "auc_roc") == "n/a"
    assert number({"auc_roc": 0.0}, "auc_roc") == "0.000"


def test_no_rows_have_no_share() -> None:
    assert share(0, 0) == "none"
    assert share(120, 15_000) == "120 of 15,000 (0.80%)"


def test_figures_that_are_no_numbers_are_left_out() -> None:
    assert finite({"a": 0.0, "b": math.nan, "c": math.inf}) == {"a": 0.0}


def test_a_later_decision_replaces_the_one_before() -> None:
    once = with_decision("Trained.\n\nA table.", "Refused.")
    assert once == "**Decision:** Refused.\n\n---\n\nTrained.\n\nA table."
    assert with_decision(once, "Promoted.") == "**Decision:** Promoted.\n\n---\n\nTrained.\n\nA table."


def test_a_decision_of_several_paragraphs_is_replaced_as_a_whole() -> None:
    once = with_decision("Trained.", "Refused.\n\n| a | table |")
    assert with_decision(once, "Promoted.") == with_decision("Trained.", "Promoted.")


def test_a_run_without_a_description_gets_the_decision_alone() -> None:
    assert with_decision("", "Promoted.").startswith("**Decision:** Promoted.\n")
