"""The fields at the head of a lesson's file."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..directives import RequestedFault
from ..measuring.design_choices import DesignPatch
from ..measuring.matching import ServiceName
from .terms import Reading

Line = Annotated[str, Field(min_length=1)]
Button = Literal["profile", "register", "order", "menu"]  # the actions that the page offers


class FrontMatter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    number: Annotated[int, Field(strict=True, ge=1)]
    part: Line
    minutes: Annotated[int, Field(strict=True, ge=1, le=60)]
    lead: Line
    objectives: Annotated[tuple[Line, ...], Field(min_length=1)]
    scenario: tuple[Button, ...] = ("profile", "register", "order")
    services: tuple[ServiceName, ...] = ()  # that its picture draws; the others are one box
    design: DesignPatch = {}
    faults: tuple[RequestedFault, ...] = ()
    builds_on: tuple[str, ...] = ()
    sources: tuple[Reading, ...] = ()
