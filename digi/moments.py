"""How times are written for programs."""

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """UTC, milliseconds, `Z`: `2026-03-12T09:34:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
