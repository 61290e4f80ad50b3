"""What cameras tell the sockets of all processes. An event says that something has changed; what it is, is read."""

from digi.realtime.events import Event


def camera_topic(camera_id: int) -> str:
    """The topic of everything that happens to a camera, numbered by its head."""
    return f"camera:{camera_id}"


class CameraChanged(Event, tag="camera.changed"):
    """The camera's row stands at `head` now."""

    camera_id: int
    head: int


class StandingChanged(Event, tag="camera.standing"):
    """A person's role at a camera is another one; the topic is the person's."""

    camera_id: int


class Watched(Event, tag="camera.watched"):
    """How many watch in one process: people, and how many of all viewers want which pictures."""

    camera_id: int
    process: str
    people: int
    h264: int
    jpeg: int


class KeyframeWanted(Event, tag="camera.keyframe"):
    """Somebody joined, or has lost the thread: the process that has the agent asks for a keyframe."""

    camera_id: int


class Measured(Event, tag="camera.measured"):
    """What the agent says of itself, once a second: the Stats of camera.proto, serialised."""

    camera_id: int
    stats: bytes
