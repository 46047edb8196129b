"""The library asks our expectations for their configuration, and gets what its own would say."""

import great_expectations.expectations as gxe
import pytest
from great_expectations.expectations.registry import get_expectation_impl

import ml.expectations  # noqa: F401  (registers them)

ARGUMENTS = {"column": "amount", "min_value": 1.0, "meta": {"name": "amount_not_too_small"}}


@pytest.fixture
def steady():
    return get_expectation_impl("expect_column_values_to_be_between")(**ARGUMENTS)


def test_the_registry_has_ours_under_the_library_s_own_name(steady):
    assert isinstance(steady, gxe.ExpectColumnValuesToBeBetween)
    assert type(steady) is not gxe.ExpectColumnValuesToBeBetween


def test_the_configuration_is_the_library_s_and_is_worked_out_once(steady):
    assert steady.configuration == gxe.ExpectColumnValuesToBeBetween(**ARGUMENTS).configuration
    assert steady.configuration is steady.configuration
