"""When a delivery that failed is tried again."""

MAX_ATTEMPTS = 20
BASE_S, CAP_S = 1.0, 10.0


def backoff_s(attempt: int) -> float:
    """Seconds to wait after failed attempt number `attempt`: 1, 2, 4, 8, then 10 each.

    Raises ValueError if attempt < 1.
    """
    if attempt < 1:
        raise ValueError(f"attempts are counted from 1, not {attempt}")
    doublings = min(attempt - 1, 60)  # further on the cap holds anyway, and floats end
    return min(CAP_S, BASE_S * 2.0**doublings)
