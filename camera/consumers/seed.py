"""The seed's dialect: the settings, first and at every change, and nothing else."""

from typing import Any

from camera.consumers.door import CameraSocket
from camera.services.states import State
from digi.errors import DigiError


class SettingsConsumer(CameraSocket):
    """Whoever has no subprotocol, or one that is not known here. What such a client sends is passed over."""

    def changed(self, before: State, now: State) -> None:
        if now.bare != before.bare:
            self.put(now.bare)

    def frame(self, data: bytes) -> Any:  # type: ignore[override]
        return None

    def act(self, frame: Any) -> None:
        """Nothing; but too much of it ends in the door."""

    def fail(self, error: DigiError, frame: Any = None) -> None:
        """There are no errors in this dialect: each of its frames reads as settings."""
