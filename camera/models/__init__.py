"""Tables of cameras: what they are asked, what they do, who may watch and change them."""

from camera.models.access import AgentToken, Grant, Role
from camera.models.cameras import DEFAULT, Camera, Visibility
from camera.models.history import Change, Origin, Preset
from camera.models.recordings import Recording, RecordingPart, RecordingState, Trouble

__all__ = [
    "DEFAULT",
    "AgentToken",
    "Camera",
    "Change",
    "Grant",
    "Origin",
    "Preset",
    "Recording",
    "RecordingPart",
    "RecordingState",
    "Role",
    "Trouble",
    "Visibility",
]
