"""A panel is promoted when it is sound and better, and never otherwise."""

import pytest

from ml.evaluation import Figures
from ml.promotion import decide
from ml.training import TrainingSpec

SPEC = TrainingSpec(messages_per_10k=50)


def make_figures(precision: float, cards: float, messages: float = 40, spread: float = 1.0) -> Figures:
    panel = {"average_precision": precision, "card_precision_at_100": cards, "messages_per_10k": messages}
    return Figures(panel, {"a": {"score_spread": 1.0}, "b": {"score_spread": spread}})


CHAMPION = make_figures(0.6, 0.3)


@pytest.mark.parametrize(
    ("challenger", "champion", "is_promoted", "words"),
    [
        pytest.param(make_figures(0.7, 0.31), CHAMPION, True, "0.700 against 0.600", id="better in both"),
        pytest.param(make_figures(0.7, 0.30), CHAMPION, True, "Promoted", id="better in one, equal in the other"),
        pytest.param(make_figures(0.7, 0.29), CHAMPION, False, "does not beat", id="better in one, worse in the other"),
        pytest.param(make_figures(0.6, 0.3), CHAMPION, False, "does not beat", id="equal"),
        pytest.param(make_figures(0.9, 0.9, 50.1), CHAMPION, False, "exceed the budget", id="too many messages"),
        pytest.param(make_figures(0.9, 0.9, spread=0), CHAMPION, False, "b gives every", id="a member is constant"),
        pytest.param(make_figures(0.1, 0.1), None, True, "first panel", id="no champion yet"),
        pytest.param(make_figures(0.9, 0.9, 50), None, True, "first panel", id="exactly the budget"),
        pytest.param(make_figures(0.9, 0.9, spread=0), None, False, "b gives every", id="the first is unsound"),
    ],
)
def test_decision(challenger: Figures, champion: Figures | None, is_promoted: bool, words: str) -> None:
    decision = decide(challenger, champion, SPEC)
    assert decision.is_promoted is is_promoted
    assert words in decision.sentence
