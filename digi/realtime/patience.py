"""How long an early event waits for its predecessor, which another process has committed and not yet brought.

As with TCP's retransmission (RFC 6298, and RFC 3522 for what was given up too soon): it follows from how long others
had to wait. A fixed time would be too short for processes that are busy to the last core, and each gap read from the
database then makes them busier.
"""

LEAST = 0.03  # seconds
MOST = 0.25


class Patience:
    """Twice the longest wait that ended well; what was learnt counts half as much with every second.

    All times are the loop's, in seconds.
    """

    def __init__(self) -> None:
        self._longest = 0.0
        self._noted = 0.0

    def until(self, since: float) -> float:
        """When to give up what is waited for since then."""
        return since + min(MOST, max(LEAST, 2 * self._remembered(since)))

    def learn(self, now: float, since: float) -> None:
        """What was waited for since then has come."""
        waited = min(now - since, MOST)
        if waited > self._remembered(now):
            self._longest, self._noted = waited, now

    def _remembered(self, now: float) -> float:
        return float(self._longest * 0.5 ** max(0.0, now - self._noted))
