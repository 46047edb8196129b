"""What MLflow is told: where it cannot hear, that is said, and never undoes what is decided."""

import pytest
from mlflow.exceptions import MlflowException

from jikimi.registry import tell_decision


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        pytest.param(MlflowException("it is away.\nFor long."), "it is away: the decision stands in", id="two lines"),
        pytest.param(ConnectionResetError(), "ConnectionResetError: the decision stands in", id="no words"),
    ],
)
def test_what_kept_mlflow_from_it_is_one_sentence(monkeypatch, problem, words):
    def fail(*arguments, **named):
        raise problem

    monkeypatch.setattr("ml.tracking.log_decision", fail)
    assert tell_decision("run", True, "better").startswith(words)
