from django import forms

from playground.company.topology import SERVICES
from playground.delivery.fault import (
    DEFAULT_DURATION_S,
    DEFAULT_LATENCY_MS,
    MAX_DURATION_S,
    MAX_LATENCY_MS,
    FaultKind,
    targets,
)

KINDS = [(FaultKind.LATENCY.value, "Slow"), (FaultKind.UNREACHABLE.value, "Unreachable")]


class FaultForm(forms.Form):
    target = forms.ChoiceField(
        choices=[(name, SERVICES[name].title) for name in targets()], initial="notification"
    )
    kind = forms.ChoiceField(choices=KINDS, initial=FaultKind.UNREACHABLE.value)
    ms = forms.IntegerField(
        label="Slower by (ms)", min_value=1, max_value=MAX_LATENCY_MS, initial=DEFAULT_LATENCY_MS
    )
    duration_s = forms.IntegerField(
        label="For (seconds)", min_value=10, max_value=MAX_DURATION_S, initial=DEFAULT_DURATION_S
    )
