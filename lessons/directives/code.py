"""`code`: a function as it stands in the source, with the lines that a run executed."""

from typing import ClassVar, Self

from pydantic import model_validator

from .source_code import Source, source_of
from .values import Directive, Id


class Code(Directive):
    kind_of_step: ClassVar[str] = "code"
    symbol: str
    run: Id | None = None

    @model_validator(mode="after")
    def _exists(self) -> Self:
        source_of(self.symbol)
        return self

    @property
    def source(self) -> Source:
        return source_of(self.symbol)
