"""The storm in the control API: invalid storms are refused and change nothing."""

from typing import Any

import pytest

from playground.faults.storm import MAX_AT_ONCE, MAX_HOLD_S, MAX_SECONDS
from playground.models import Fault

STORM = {"seed": 7, "seconds": 30, "kinds": ["latency", "errors"], "at_once": 2}


@pytest.mark.parametrize(
    "fields",
    [
        {"kinds": ["meteor"]},
        {"kinds": ["surge"]},
        {"kinds": "latency"},
        {"min_hold_s": 20, "max_hold_s": 10},
        {"seconds": 10, "min_hold_s": 11, "max_hold_s": 20},
        {"min_hold_s": 0.5},
        {"max_hold_s": MAX_HOLD_S + 1},
        {"at_once": 0},
        {"at_once": MAX_AT_ONCE + 1},
        {"seconds": 4},
        {"seconds": MAX_SECONDS + 1},
        {"seed": -1},
        {"seed": 2**31},
        {"colour": "black"},
    ],
)
def test_an_impossible_storm_is_refused_and_nothing_is_scheduled(
    call: Any, fields: dict[str, Any]
) -> None:
    refused = call("POST", "/api/playground/storm", STORM | fields)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert refused.json()["detail"]
    assert refused.json()["kept"] == "Nothing was changed."
    assert not Fault.objects.exists()


@pytest.mark.parametrize(
    "fields", [{}, {"seconds": 5}, {"seconds": 5, "at_once": 1}, {"kinds": []}]
)
def test_every_accepted_storm_has_faults(call: Any, fields: dict[str, Any]) -> None:
    for seed in range(5):
        call("DELETE", "/api/playground/faults")
        promised = call("POST", "/api/playground/storm", STORM | fields | {"seed": seed})
        assert promised.status_code == 202
        assert promised.json()["faults"] == Fault.objects.count() > 0


def test_the_same_seed_gives_the_same_storm_and_another_seed_another(call: Any) -> None:
    def faults_of(seed: int) -> tuple[list[tuple[Any, ...]], list[float]]:
        call("DELETE", "/api/playground/faults")
        call("POST", "/api/playground/storm", STORM | {"seed": seed})
        faults = list(Fault.objects.order_by("starts_at"))
        moments = [at - faults[0].starts_at for f in faults for at in (f.starts_at, f.ends_at)]
        return [(f.kind, f.target, f.percentage, f.seed) for f in faults], moments

    (first, moments), (again, same_moments), (other, _) = faults_of(7), faults_of(7), faults_of(8)
    assert first == again != other
    assert moments == pytest.approx(same_moments, abs=1e-3)
