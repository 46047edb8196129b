"""Which pictures a training has, of each member and of the panel as a whole."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from ml.tracking.agreement import message_picture, message_rates, vote_picture
from ml.tracking.contributions import contribution_picture, sampled_contributions
from ml.tracking.curves import confusion, precision_recall, reliability, roc, score_distribution
from ml.tracking.describing import heading
from ml.tracking.importance import importance_picture, importances
from ml.tracking.style import PANEL_NAME, colours, save
from ml.training import TrainedPanel, TrainingSpec
from ml.voting import panel_score, votes


def draw_member(panel: TrainedPanel, name: str, folder: Path) -> list[str]:
    """Write a member's pictures as PNG files and return their names.

    Precision, recall and ROC leave out the cards whose fraud was known already, as the figures do.
    """
    return [_save(axes, folder, file) for file, axes in _member(panel, name)]


def draw_panel(panel: TrainedPanel, spec: TrainingSpec, folder: Path) -> list[str]:
    """Write the pictures of the panel and all its members as PNG files and return their names."""
    return [_save(axes, folder, file) for file, axes in _panel(panel, spec)]


def _member(panel: TrainedPanel, name: str) -> Iterator[tuple[str, Axes]]:
    rows, threshold, who = panel.judged, panel.thresholds[name], heading(name)
    scores = panel.judged_scores[name].to_numpy(np.float64)
    fresh = ~rows.is_known_card
    truth, new, dots = rows.is_fraud[fresh], {name: scores[fresh]}, {name: threshold}
    if _has_two_classes(truth):
        yield "precision_recall", precision_recall(truth, new, dots, f"{who}: precision and recall on later rows")
        yield "roc", roc(truth, new, dots, f"{who}: ROC curve on later rows")
    said = f"{who}: what it said at {threshold:.3g} and what was true"
    yield "confusion", confusion(rows.is_fraud, scores >= threshold, said)
    yield "reliability", reliability(rows.is_fraud, {name: scores}, f"{who}: is a score of 10 % fraud in 10 %?")
    spread = f"{who}: scores of honest and of fraudulent transactions"
    yield "score_distribution", score_distribution(rows.is_fraud, scores, threshold, spread)
    if _has_two_classes(rows.is_fraud):
        drops = importances(panel.members[name], panel.judged_features, rows.is_fraud)
        colour = colours([name])[name]
        yield "feature_importance", importance_picture(drops, colour, f"{who}: what its ranking rests on")
    if (explained := sampled_contributions(panel.members[name], panel.judged_features, rows.is_fraud)) is not None:
        yield "shap_summary", contribution_picture(explained, f"{who}: what moves its scores (SHAP)")


def _panel(panel: TrainedPanel, spec: TrainingSpec) -> Iterator[tuple[str, Axes]]:
    rows, scores = panel.judged, panel.judged_scores
    everyone = {name: scores[name].to_numpy(np.float64) for name in panel.members}
    everyone[PANEL_NAME] = panel_score(scores).to_numpy(np.float64)
    fresh = ~rows.is_known_card
    truth, new = rows.is_fraud[fresh], {name: each[fresh] for name, each in everyone.items()}
    if _has_two_classes(truth):
        title = "Members and panel: precision and recall on later rows"
        yield "precision_recall", precision_recall(truth, new, panel.thresholds, title)
        yield "roc", roc(truth, new, panel.thresholds, "Members and panel: ROC curves on later rows")
    title = "Members and panel: is a score of 10 % fraud in 10 %?"
    yield "reliability", reliability(rows.is_fraud, everyone, title)
    yield "votes", vote_picture(rows, votes(scores, panel.thresholds))
    expected = message_rates(panel.fitted.held_out, panel.fitted.held_out_scores, panel.thresholds, spec.policy)
    actual = message_rates(rows, scores, panel.thresholds, spec.policy)
    yield "messages", message_picture(expected, actual, panel.thresholds, spec.messages_per_10k)


def _has_two_classes(is_fraud: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    return bool(is_fraud.any() and not is_fraud.all())


def _save(axes: Axes, folder: Path, file: str) -> str:
    save(axes, folder / f"{file}.png")
    return file
