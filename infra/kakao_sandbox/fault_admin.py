"""Faults are ordered here: by tests as JSON, by people on the page `/faults`."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from infra.kakao_sandbox import fault_words, faults
from infra.kakao_sandbox.page import page
from infra.kakao_sandbox.state import sandbox_of

router = APIRouter()
_Seconds = Annotated[float | None, Field(ge=0, le=3600)]
_Code = Annotated[int, Field(ge=-99_999, le=99_999)] | Annotated[str, Field(min_length=1, max_length=40)]


Kind = Literal[
    "down",
    "error",
    "error_after",
    "timeout",
    "slow",
    "cut",
    "cut_before",
    "partial",
    "quota",
    "expired_token",
    "lost_refresh",
]


class Details(BaseModel):
    """What a fault says beside its kind; `faults.Fault` tells what it means."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[int | None, Field(ge=400, le=599)] = None
    code: _Code | None = None
    seconds: _Seconds = None
    failing: Annotated[int, Field(ge=1, le=10_000)] = 1
    subject: Literal["app", "sender", "receiver", "pair"] = "sender"


class Step(Details):
    """What happens to one call."""

    kind: Kind


class NewFault(Details):
    """A plan: one fault for the next `calls`, or at a `rate` until it is cleared, or a `script` call by call.

    :param receiver: only for this uuid, telephone number or e-mail address.
    :param script: a fault for each call to come; null lets a call pass.
    """

    kind: Kind | None = None
    target: Literal["messages", "token", "token_info", "friends", "nhn", "solapi", "discord", "smtp"] = "messages"
    calls: Annotated[int | None, Field(ge=1)] = None
    rate: Annotated[float | None, Field(gt=0, le=1)] = None
    seed: int = 0
    script: Annotated[list[Step | None] | None, Field(min_length=1, max_length=10_000)] = None
    receiver: Annotated[str | None, Field(validation_alias=AliasChoices("receiver", "uuid"), max_length=320)] = None

    @model_validator(mode="after")
    def _is_one_plan(self) -> "NewFault":
        if (self.script is None) == (self.kind is None):
            raise ValueError("a fault needs a kind or a script, and not both")
        if self.script is not None and (self.calls, self.rate) != (None, None):
            raise ValueError("a script says itself for how many calls it is")
        known = (*faults.ANYWHERE, *faults.TARGETS[self.target])
        if unknown := {step["kind"] for step in self.steps() if step} - set(known):
            raise ValueError(f"{self.target} knows no fault {', '.join(unknown)}, only {', '.join(known)}")
        return self

    def steps(self) -> list[dict[str, Any] | None]:
        """Return the faults call by call, only the fields that say something."""
        if self.script is None:
            return [self.model_dump(exclude_defaults=True, include=set(Step.model_fields))]
        return [step.model_dump(exclude_defaults=True) if step else None for step in self.script]


@router.get("/faults")
async def show_page() -> Response:
    """Return the page on which a person orders faults."""
    return page(
        "faults.html",
        targets=fault_words.TARGETS,
        kinds=fault_words.KINDS,
        groups=fault_words.WHEN,
        fates=fault_words.FATES,
    )


@router.post("/admin/faults")
async def order_fault(request: Request, fault: NewFault) -> dict[str, int]:
    """Have calls fail."""
    calls = fault.calls or (len(fault.script) if fault.script else None)
    fault_id = faults.order(
        sandbox_of(request),
        fault.target,
        fault.steps(),
        receiver=fault.receiver,
        calls=calls if calls or fault.rate else 1,
        rate=fault.rate,
        seed=fault.seed,
    )
    return {"fault_id": fault_id}


@router.get("/admin/faults")
async def show_faults(request: Request) -> list[dict[str, Any]]:
    """Return the faults that are still to come."""
    return faults.planned(sandbox_of(request))


@router.delete("/admin/faults/{fault_id}")
async def clear_fault(request: Request, fault_id: int) -> dict[str, int]:
    """Drop one plan."""
    if not faults.clear(sandbox_of(request), fault_id):
        raise HTTPException(404, "there is no such fault")
    return {"cleared": 1}


@router.delete("/admin/faults")
async def clear_faults(request: Request) -> dict[str, int]:
    """Let everything work again."""
    return {"cleared": faults.clear(sandbox_of(request))}
