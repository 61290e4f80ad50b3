"""A camera as its sockets see it: read together for many, and put into frames once for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from camera import camera_pb2 as pb
from camera import messages
from camera.capabilities import settable
from camera.models import Camera, Recording, RecordingState
from digi.realtime.wire import binary_frame


@dataclass(frozen=True)
class State:
    """What stands in a camera's row."""

    camera_id: int
    uuid: str
    name: str
    visibility: str
    department_id: int | None
    capabilities: dict[str, Any]
    desired: dict[str, Any]
    applied: dict[str, Any]
    outcomes: dict[str, dict[str, str]]
    revision: int
    changed_at: datetime
    changed_by: str
    acked_revision: int
    first_frame_seq: int
    stream_epoch: int
    head: int
    run: int
    online: bool
    since: datetime | None
    reason: str
    retired: bool
    recording: bool

    @property
    def fps(self) -> int:
        return int(self.applied.get("fps") or self.desired.get("fps") or 30)

    @cached_property
    def asked(self) -> pb.CameraSettings:
        """The desired settings, as far as the camera can be asked for them."""
        able = settable(self.capabilities)
        values = {name: value for name, value in self.desired.items() if name in able}
        return messages.settings(
            values, name=self.name, camera=self.uuid, revision=self.revision, updated_at=self.changed_at
        )

    @cached_property
    def bare(self) -> bytes:
        """The frame that the seed's client reads."""
        return binary_frame(self.asked.SerializeToString())

    def settings_changed(self, *, to_viewers: bool, reply_to: int = 0) -> bytes:
        word = pb.SettingsChanged(desired=self.asked)
        if to_viewers:
            word.by = self.changed_by
            if self.applied:
                word.applied.CopyFrom(messages.settings(self.applied, camera=self.uuid, revision=self.acked_revision))
        return messages.frame(pb.Envelope(reply_to=reply_to, settings_changed=word))

    @cached_property
    def changed_frame(self) -> bytes:
        """Desired and applied settings, for viewers."""
        return self.settings_changed(to_viewers=True)

    @cached_property
    def order_frame(self) -> bytes:
        """The desired settings, for the agent."""
        return self.settings_changed(to_viewers=False)

    @cached_property
    def ack_frame(self) -> bytes:
        """What the agent made of the settings that it was told last."""
        word = pb.SettingsAck(
            revision=self.acked_revision,
            applied=messages.settings(self.applied, camera=self.uuid, revision=self.acked_revision),
            fields=messages.outcomes(self.outcomes),
            first_frame_seq=self.first_frame_seq,
            stream_epoch=self.stream_epoch,
        )
        return messages.frame(pb.Envelope(settings_ack=word))

    @cached_property
    def capabilities_frame(self) -> bytes:
        return messages.frame(pb.Envelope(capabilities=messages.capabilities(self.capabilities)))


def read(camera_ids: Sequence[int]) -> list[State | None]:
    """The state of each camera, None for one that is no more. Two queries."""
    rows = Camera.objects.select_related("changed_by").filter(pk__in=set(camera_ids))
    running = Recording.objects.running().filter(state=RecordingState.RECORDING, camera__in=set(camera_ids))
    recorded = set(running.values_list("camera_id", flat=True))
    found = {camera.pk: _state(camera, camera.pk in recorded) for camera in rows}
    return [found.get(pk) for pk in camera_ids]


def heads(topics: list[str]) -> dict[str, int]:
    """The cameras' heads, by topic: what a heartbeat carries."""
    ids = [int(topic.removeprefix("camera:")) for topic in topics]
    return {f"camera:{pk}": head for pk, head in Camera.objects.filter(pk__in=ids).values_list("pk", "head")}


def _state(camera: Camera, recording: bool) -> State:
    online = camera.is_online
    lost = camera.online_since is not None and not online
    return State(
        camera_id=camera.pk,
        uuid=str(camera.uuid),
        name=camera.name,
        visibility=str(camera.visibility),
        department_id=camera.department_id,
        capabilities=camera.capabilities,
        desired=camera.desired,
        applied=camera.applied,
        outcomes=camera.outcomes,
        revision=camera.revision,
        changed_at=camera.changed_at,
        changed_by=str(camera.changed_by or ""),
        acked_revision=camera.acked_revision,
        first_frame_seq=camera.first_frame_seq,
        stream_epoch=camera.stream_epoch,
        head=camera.head,
        run=camera.run,
        online=online,
        since=camera.online_since if online else camera.offline_since or camera.seen_at,
        reason="" if online else "lost" if lost else camera.offline_reason or "never",
        retired=camera.retired_at is not None,
        recording=recording,
    )
