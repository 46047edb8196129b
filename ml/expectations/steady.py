"""Expectations that work out once what Great Expectations asks each of them many times a batch.

That is their configuration, the expectation that is made from a configuration, and the metrics that it depends on.
Each stands in the library's registry in place of the one it is made from, under the same name. Of a batch of 500 rows
that takes away more than half of the time of validation.
"""

import logging
from copy import copy, deepcopy
from typing import Any

import great_expectations.expectations as gxe
from great_expectations.compatibility import pydantic
from great_expectations.expectations.expectation import Expectation, MetaExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.validator.validator import ValidationDependencies

_KINDS: tuple[type[Expectation], ...] = (
    gxe.ExpectColumnPairValuesToBeEqual,
    gxe.ExpectColumnValueLengthsToBeBetween,
    gxe.ExpectColumnValuesToBeBetween,
    gxe.ExpectColumnValuesToBeInSet,
    gxe.ExpectColumnValuesToMatchRegex,
    gxe.ExpectColumnValuesToNotBeNull,
    gxe.ExpectTableColumnsToMatchSet,
)
_STEADY: dict[type[Expectation], type[Expectation]] = {}


def register() -> None:
    """Put them into the registry."""
    registry = logging.getLogger("great_expectations.expectations.registry")
    registry.setLevel(logging.ERROR)  # that they replace others is meant
    for kind in _KINDS:
        _STEADY[kind] = _made(kind)
    registry.setLevel(logging.NOTSET)


class _Configuration(ExpectationConfiguration):
    """Remembers its expectation; a copy, whose arguments may be changed, does not."""

    made: Expectation | None = None

    def to_domain_obj(self) -> Expectation:
        if self.made is None:
            self.made = super().to_domain_obj()
        return self.made

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Configuration":
        copied = copy(self)
        copied.__dict__ = deepcopy({name: value for name, value in vars(self).items() if name != "made"}, memo)
        return copied


def steady(kind: type[Expectation]) -> type[Expectation]:
    """Return the class that stands for one of the library's own, where there is one."""
    return _STEADY.get(kind, kind)


def _made(kind: type[Expectation]) -> type[Expectation]:
    """Make the class; its metaclass registers it by its name."""
    own = {
        "__module__": __name__,
        "_configuration": pydantic.PrivateAttr(default=None),
        "_dependencies": pydantic.PrivateAttr(default=None),
        "configuration": property(_configuration),
        "get_validation_dependencies": _dependencies(kind),
    }
    made: type[Expectation] = MetaExpectation(kind.__name__, (kind,), own)
    return made


def _configuration(self: Any) -> ExpectationConfiguration:
    # Nothing changes an expectation once it is made.
    if self._configuration is None:
        self._configuration = Expectation.configuration.fget(self)
        # Made by the library, so that it is its own in every argument.
        self._configuration.__class__ = _Configuration
        self._configuration.made = self
    known: ExpectationConfiguration = self._configuration
    return known


def _dependencies(kind: type[Expectation]) -> Any:
    """Ask the library once for each expectation: it does so when it plans, and again when it judges."""

    def get_validation_dependencies(self: Any, *arguments: Any, **named: Any) -> ValidationDependencies:
        if self._dependencies is None:
            self._dependencies = kind.get_validation_dependencies(self, *arguments, **named)
        known: ValidationDependencies = self._dependencies
        return known

    return get_validation_dependencies
