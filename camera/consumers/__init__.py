"""The sockets of cameras: who comes, and in which tongue, decides which one answers."""

from camera.consumers.agent import AgentConsumer
from camera.consumers.door import SUBPROTOCOL, CameraSocket
from camera.consumers.seed import SettingsConsumer
from camera.consumers.viewer import ViewerConsumer
from camera.doors import AGENT, ANYBODY
from digi.realtime.doors import Receive, Scope, Send

__all__ = ["AgentConsumer", "SettingsConsumer", "ViewerConsumer", "choose"]


async def choose(scope: Scope, receive: Receive, send: Send) -> None:
    """The one application at a camera's address."""
    kind = getattr(scope["identity"], "kind", "person")
    consumer: type[CameraSocket] = SettingsConsumer
    if kind == AGENT:
        consumer = AgentConsumer
    elif kind != ANYBODY and SUBPROTOCOL in (scope.get("subprotocols") or ()):
        consumer = ViewerConsumer
    await consumer()(scope, receive, send)
