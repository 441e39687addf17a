"""How far a run of limited minutes is, and when to report and to save."""

import time


class Clock:
    """Counts the seconds of a run over all its sessions."""

    def __init__(self, minutes: float, seconds_before: float = 0.0) -> None:
        self.limit = minutes * 60
        self.before = seconds_before
        self.start = time.monotonic()
        self._last: dict[str, float] = {}

    def here(self) -> float:
        """Seconds of this session."""
        return time.monotonic() - self.start

    def total(self) -> float:
        """Seconds of all sessions."""
        return self.before + self.here()

    def progress(self) -> float:
        """Share of this session's minutes that has passed; 1 and more means stop."""
        return self.here() / self.limit

    def every(self, name: str, seconds: float) -> bool:
        """True once per interval and name."""
        now = time.monotonic()
        if now - self._last.setdefault(name, self.start) < seconds:
            return False
        self._last[name] = now
        return True
