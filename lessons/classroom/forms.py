from typing import Any

from django import forms

from playground.faults.catalogue import BROKER, CATALOGUE, SERVICES, FaultKind
from playground.faults.fault import (
    DEFAULT_DURATION_S,
    MAX_DURATION_S,
    MAX_MS,
    FaultRequest,
    InvalidFault,
    place,
)

# No surge: in thirty playgrounds at once it would overload the machine.
KINDS = [(kind.value, spec.title) for kind, spec in CATALOGUE.items() if kind != FaultKind.SURGE]


class FaultForm(forms.Form):
    target = forms.ChoiceField(
        choices=[(name, place(name)[0].upper() + place(name)[1:]) for name in (*SERVICES, BROKER)],
        initial="notification",
    )
    kind = forms.ChoiceField(choices=KINDS, initial=FaultKind.UNREACHABLE.value)
    ms = forms.IntegerField(
        label="By (ms)",
        min_value=1,
        max_value=MAX_MS,
        initial=CATALOGUE[FaultKind.LATENCY].default_ms,
    )
    duration_s = forms.IntegerField(
        label="For (seconds)", min_value=10, max_value=MAX_DURATION_S, initial=DEFAULT_DURATION_S
    )

    def clean(self) -> dict[str, Any]:
        """Reject a fault that its target cannot have."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                FaultRequest(**cleaned).checked()
            except InvalidFault as invalid:
                for field, message in invalid.errors.items():
                    self.add_error(field, message)
        return cleaned
