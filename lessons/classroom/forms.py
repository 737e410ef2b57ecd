from django import forms

from playground.company.topology import SERVICES
from playground.delivery.fault import DEFAULT_DURATION_S, MAX_DURATION_S, MAX_MS
from playground.delivery.fault_kinds import CATALOGUE, FaultKind
from playground.delivery.fault_kinds import SERVICES as TARGETS

KINDS = [(FaultKind.LATENCY.value, "Slow"), (FaultKind.UNREACHABLE.value, "Unreachable")]


class FaultForm(forms.Form):
    target = forms.ChoiceField(
        choices=[(name, SERVICES[name].title) for name in TARGETS], initial="notification"
    )
    kind = forms.ChoiceField(choices=KINDS, initial=FaultKind.UNREACHABLE.value)
    ms = forms.IntegerField(
        label="Slower by (ms)",
        min_value=1,
        max_value=MAX_MS,
        initial=CATALOGUE[FaultKind.LATENCY].default_ms,
    )
    duration_s = forms.IntegerField(
        label="For (seconds)", min_value=10, max_value=MAX_DURATION_S, initial=DEFAULT_DURATION_S
    )
