"""How long to wait before something is tried again. Pure.

Full jitter: anything between nothing and a bound that doubles, so that what failed together does not come back
together (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
"""

BASE_SECONDS = 30.0
LONGEST_SECONDS = 3600.0


def bound(attempts: int, base: float = BASE_SECONDS, longest: float = LONGEST_SECONDS) -> float:
    """The longest pause after so many failures, at least one, in seconds."""
    doublings = min(max(attempts, 1) - 1, 32)
    return min(longest, base * float(2**doublings))


def pause(attempts: int, roll: float, base: float = BASE_SECONDS, longest: float = LONGEST_SECONDS) -> float:
    """Seconds to wait after so many failures.

    Args:
        roll: a random number in [0, 1).
    """
    return roll * bound(attempts, base, longest)
