"""The library asks our expectations for their configuration, and gets what its own would say."""

from copy import deepcopy

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


def test_a_copy_of_the_configuration_may_be_changed(steady):
    changed = deepcopy(steady.configuration)
    changed.kwargs["min_value"] = 7.0
    assert changed.to_domain_obj().min_value == 7.0
    assert steady.configuration.to_domain_obj() is steady


def test_it_depends_on_what_the_library_s_own_depends_on(steady):
    own = gxe.ExpectColumnValuesToBeBetween(**ARGUMENTS)
    ours, theirs = (
        each.get_validation_dependencies(runtime_configuration={"result_format": "BASIC"}) for each in (steady, own)
    )
    assert ours.result_format == theirs.result_format
    ids = [{name: one.id for name, one in each.metric_configurations.items()} for each in (ours, theirs)]
    assert ids[0] == ids[1]
    assert len(ids[0]) > 3
