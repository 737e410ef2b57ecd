"""Retry policies: when a failed call or delivery is tried again."""

from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Policy = Literal["none", "immediate", "fixed", "exponential", "full_jitter"]


class Retry(BaseModel):
    """A retry policy, for calls or for deliveries.

    The names are those of the AWS Builders' Library, "Timeouts, retries, and backoff with
    jitter".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Policy = "exponential"
    attempts: int = Field(default=5, strict=True, ge=1, le=50)  # including the first
    base_ms: int = Field(default=1_000, strict=True, ge=1, le=60_000)
    cap_ms: int = Field(default=10_000, strict=True, ge=1, le=60_000)

    def delay_s(self, attempt: int, chance: Random) -> float | None:
        """Seconds to wait after attempt number `attempt` (from 1) failed; None after the last.

        Raises ValueError if attempt < 1.
        """
        if attempt < 1:
            raise ValueError(f"attempts are counted from 1, not {attempt}")
        if self.policy == "none" or attempt >= self.attempts:
            return None
        if self.policy == "immediate":
            return 0.0
        if self.policy == "fixed":
            return min(self.base_ms, self.cap_ms) / 1000
        doublings = min(attempt - 1, 60)  # the cap applies long before, and floats overflow
        ceiling_s = min(self.cap_ms, self.base_ms * 2.0**doublings) / 1000
        return chance.uniform(0, ceiling_s) if self.policy == "full_jitter" else ceiling_s
