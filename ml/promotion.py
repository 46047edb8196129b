"""Whether a challenger becomes the champion: decided by figures of both on the same later window."""

from dataclasses import dataclass
from typing import Final

from ml.evaluation import Figures
from ml.training import TrainingSpec

COMPARED: Final = {"average_precision": "average precision", "card_precision_at_100": "card precision@100"}


@dataclass(frozen=True)
class Decision:
    """A decision and one sentence for the people who will read it."""

    is_promoted: bool
    sentence: str


def decide(challenger: Figures, champion: Figures | None, spec: TrainingSpec) -> Decision:
    """Promote a sound challenger that is better in one of the compared figures and worse in none, and no other.

    Sound: its messages are within the budget and none of its members gives every row the same score. Where there is
    no champion yet, a sound challenger is enough.

    :param challenger: as measured on the judging window.
    :param champion: as measured on the same window, or None.
    """
    if flaw := _flaw(challenger, spec):
        return Decision(False, f"Not promoted: {flaw}.")
    if champion is None:
        return Decision(True, f"Promoted as the first panel: {_figures_of(challenger)}.")
    comparison = "; ".join(
        f"{title} {challenger.panel[name]:.3f} against {champion.panel[name]:.3f}" for name, title in COMPARED.items()
    )
    if _is_better(challenger.panel, champion.panel):
        return Decision(True, f"Promoted: {comparison}.")
    return Decision(False, f"Not promoted: it does not beat the champion ({comparison}).")


def _flaw(challenger: Figures, spec: TrainingSpec) -> str | None:
    constant = sorted(name for name, figures in challenger.members.items() if figures["score_spread"] == 0)
    if constant:
        return f"{', '.join(constant)} gives every transaction the same score"
    messages = challenger.panel["messages_per_10k"]
    if messages > spec.messages_per_10k:
        return f"{messages:.1f} messages per 10,000 customers and day exceed the budget of {spec.messages_per_10k:g}"
    return None


def _is_better(challenger: dict[str, float], champion: dict[str, float]) -> bool:
    gains = [challenger[name] - champion[name] for name in COMPARED]
    return min(gains) >= 0 and max(gains) > 0


def _figures_of(challenger: Figures) -> str:
    return ", ".join(f"{title} {challenger.panel[name]:.3f}" for name, title in COMPARED.items())
