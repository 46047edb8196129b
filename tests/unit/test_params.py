"""The training form offers what can be trained."""

from dataclasses import fields

from jikimi.params import MEMBERS, TRAINING, training_spec
from ml import models
from ml.training import TrainingSpec


def test_the_form_offers_every_member():
    assert list(models.MEMBERS) == MEMBERS


def test_every_choice_of_the_form_reaches_the_training():
    assert set(training_spec()) == {field.name for field in fields(TrainingSpec)}
    assert set(TRAINING) - {"promotion", "engine"} <= set(training_spec())
