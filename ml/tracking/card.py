"""Texts in MLflow, made from a training's figures: a member's card, its registered model, a run's summary."""

from collections.abc import Mapping
from typing import Final

from ml.models import MEMBERS
from ml.tracking.describing import day, heading, number, share, words
from ml.training import TrainedPanel, TrainingSpec

_MEASURES: Final = {
    "average_precision": ("average precision", ".3f"),
    "auc_roc": ("AUC ROC", ".3f"),
    "card_precision_at_100": ("card precision@100", ".3f"),
    "recall_at_fpr_0.001": ("recall at 0.1 % false positives", ".3f"),
}
_DECISION: Final = "**Decision:** "
_BELOW_DECISION: Final = "\n\n---\n\n"
EXPLAINED_BY: Final = {
    True: "The SHAP picture shows exact contributions to this member's score before calibration, of some rows.",
    False: "There is no SHAP picture: this kind of member has no exact contributions that are quick to compute.",
}


def member_card(panel: TrainedPanel, spec: TrainingSpec, name: str, version: int, is_explained: bool) -> str:
    """Return the model card of a registered version, in Markdown.

    :param is_explained: whether a SHAP picture was logged.
    """
    figures, threshold = panel.member_figures[name], panel.thresholds[name]
    return "\n\n".join(
        [
            f"# {heading(name)}, version {version}",
            f"{_purpose(name)} It is one of {len(panel.members)} members ({', '.join(map(words, panel.members))}) of a"
            f" panel that looks for fraud in card transactions; it sends no message by itself: {_policy(spec)}.",
            f"## Data\n\n{_data(panel)}",
            f"## How good it is\n\nOn later rows that decided nothing, at their own share of fraud.\n\n{_table(panel)}",
            f"## Threshold\n\nIt votes fraud from a score of **{threshold:.6g}**, chosen on the later part of the"
            f" training rows so that the panel stays within {spec.messages_per_10k:g} messages per 10,000 active"
            f" customers and day. On the judged rows it cast {number(figures, 'votes_per_day', '.1f')} votes a day.",
            f"## Calibration\n\nIts score is meant as the probability of fraud. On the judged rows the scores announced"
            f" {number(figures, 'calibration_ratio', '.2f')} frauds per fraud that there was; mean distance between"
            f" score and share of fraud {number(figures, 'calibration_error', '.4f')}; Brier score"
            f" {number(figures, 'brier', '.5f')}. The picture `reliability.png` of the run shows where.",
            f"## Limits\n\n{_limits(spec)} {EXPLAINED_BY[is_explained]}",
            f"## Load it\n\n{_loading(name, version)}",
        ]
    )


def model_description(name: str) -> str:
    """Return what stands above all versions of a registered model."""
    return (
        f"{_purpose(name)} A member of Jikimi's panel against card fraud. The alias `champion` marks the version that"
        " votes now, `challenger` the one that votes in the shadow. Every version has a card; the table `panels`"
        " decides which version is used, the aliases repeat it."
    )


def summary(panel: TrainedPanel, spec: TrainingSpec) -> str:
    """Return the description of a training's run, in Markdown."""
    figures = panel.figures
    return "\n\n".join(
        [
            f"{_policy(spec).capitalize()}. {_data(panel)}",
            _table(panel),
            f"**Messages** per 10,000 active customers and day: budget {spec.messages_per_10k:g}, expected"
            f" {number(figures, 'expected_messages_per_10k', '.1f')}, on later rows"
            f" {number(figures, 'messages_per_10k', '.1f')}, of which false alarms"
            f" {number(figures, 'false_alarms_per_10k', '.1f')}."
            f" Precision {number(figures, 'message_precision', '.1%')}, recall"
            f" {number(figures, 'message_recall', '.1%')}; of the money lost to fraud"
            f" {number(figures, 'amount_caught_share', '.1%')} would have been caught.",
        ]
    )


def with_decision(note: str, sentence: str) -> str:
    """Put a decision at the top of a run's description, a line below it, in the place of an earlier one.

    :param sentence: Markdown, of one paragraph or more.
    """
    _, _, rest = note.partition(_BELOW_DECISION) if note.startswith(_DECISION) else ("", "", note)
    return f"{_DECISION}{sentence}{_BELOW_DECISION}{rest}"


def _purpose(name: str) -> str:
    """Return the first line of the function that makes the member, as a sentence about the member."""
    line = (MEMBERS[name].__doc__ or "").strip().splitlines() or [f"Return a {words(name)}."]
    return line[0].removeprefix("Return ").strip().capitalize()


def _policy(spec: TrainingSpec) -> str:
    who = "all members" if spec.policy == "unanimous" else "most members"
    return f"the panel speaks when {who} call a transaction fraud"


def _data(panel: TrainedPanel) -> str:
    windows, rows = panel.windows, panel.judged
    return (
        f"Trained on {day(windows.trained_from)} to {day(windows.trained_until)}:"
        f" {share(panel.training_frauds, panel.training_rows)} rows are fraud, sha256 of the rows"
        f" `{panel.training_sha256[:16]}…`. Judged on {day(windows.judged_from)} to {day(windows.judged_until)}:"
        f" {share(int(rows.is_fraud.sum()), len(rows))} rows are fraud."
    )


def _table(panel: TrainedPanel) -> str:
    lines = [
        "| | " + " | ".join(label for label, _ in _MEASURES.values()) + " |",
        "|---|" + "---|" * len(_MEASURES),
    ]
    everyone: Mapping[str, Mapping[str, float]] = {**panel.member_figures, "**panel**": panel.figures}
    for name, figures in everyone.items():
        cells = (number(figures, measure, form) for measure, (_, form) in _MEASURES.items())
        lines.append(f"| {words(name)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _limits(spec: TrainingSpec) -> str:
    return (
        "It knows fraud of the kinds that were labelled in its training window; new kinds it may miss. A transaction"
        f" without a label counts as honest, and labels are taken to arrive after {spec.delay_days:g} days. Customers"
        " and merchants without history have few features. The figures are of one week or so: their chance error is"
        " large where frauds are few. Scores of other banks' data mean nothing without a new training."
    )


def _loading(name: str, version: int) -> str:
    return (
        "Verified and ready to score, with the digest from the version's tag `sha256`:\n\n"
        "```python\nfrom ml.tracking import load_member\n\n"
        f'member = load_member("jikimi_{name}", {version}, "http://…", sha256="…")\n'
        "scores = member.predict_proba(features)[:, 1]\n```\n\n"
        "Features come from `ml.features.compute_features`; Jikimi's own package `ml` must be importable."
    )
