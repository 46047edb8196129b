"""The accounts say what is wrong, and nothing where all is well."""

import pytest

from tests.acceptance.accounting import problems

_FINE = {"landed": 12, "claimed": 12, "accounted": 12, "unjudged": 0, "unalerted": 0}
_STATES = [{"state": "delivered", "n": 1}, {"state": "unknown", "n": 1}]
_ONE = ["0000BEEF"]


class _Stack:
    """Answers as a stack would that has these counts."""

    def __init__(self, references: list[str], **counts: int) -> None:
        self._counts = _FINE | counts
        self._references = references

    def ask(self, statement: str) -> list[dict]:
        if "landed_transactions" in statement:
            return [self._counts]
        if "unanimous_fraud" in statement:
            return [{"number": self._counts["unalerted"]}]
        return _STATES if "group by state" in statement else [{"number": self._counts["unjudged"]}]

    def messages(self) -> list[dict]:
        staff = {"channel": "email", "chat_key": "fraud-desk@jikimi.example", "text": "0000DEAD"}
        customers = [{"channel": "alimtalk", "chat_key": "C1", "text": f"[{one}]"} for one in self._references]
        return [staff, *customers]


@pytest.mark.parametrize("references", [pytest.param(_ONE, id="lost"), pytest.param(["A" * 8, "B" * 8], id="arrived")])
def test_a_message_whose_answer_was_lost_may_or_may_not_have_arrived(references):
    assert problems(_Stack(references)) == []


@pytest.mark.parametrize(
    ("references", "counts", "words"),
    [
        pytest.param(_ONE, {"accounted": 11}, "12 rows claimed, 11 valid", id="a row vanished"),
        pytest.param(_ONE, {"unjudged": 2}, "2 valid rows", id="no verdict, or two"),
        pytest.param(_ONE, {"unalerted": 1}, "1 unanimous rows", id="no alert, or two"),
        pytest.param([], {}, "0 messages came", id="a message is missing"),
        pytest.param(_ONE * 2, {}, "1 messages came twice", id="a message came twice"),
    ],
)
def test_what_is_wrong_is_one_sentence(references, counts, words):
    (found,) = problems(_Stack(references, **counts))
    assert found.startswith(words)
