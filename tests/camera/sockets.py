"""Clients of cameras' sockets: viewers, agents, and the seed's own."""

import asyncio

from channels.testing import WebsocketCommunicator

from camera import camera_pb2 as pb
from digi.asgi import application
from tests.chat.sockets import PATIENCE, Closed, aside

HEEDED = 2**20  # the id of a heartbeat that only asks whether it is its turn
CLOCK = pb.CameraCapabilities(
    ranges={
        "brightness": pb.Range(min=-100, max=100, step=1, effect=pb.EFFECT_LIVE),
        "contrast": pb.Range(min=0, max=4, step=0.05, default=1, unit="×", effect=pb.EFFECT_LIVE),
        "bitrate_bps": pb.Range(min=100_000, max=8_000_000, step=1000, default=1_500_000, unit="bit/s"),
        "fps": pb.Range(min=1, max=60, step=1, default=30, unit="fps"),
        "focus": pb.Range(min=0, max=100, step=1, default=0),
    },
    modes=[pb.Mode(width=640, height=480, max_fps=60), pb.Mode(width=1280, height=720, max_fps=30)],
    codecs=[pb.CODEC_H264, pb.CODEC_JPEG],
    model="clock",
    switches={"overlay_clock": pb.EFFECT_LIVE},
)


def chunk(seq: int, *, epoch: int = 1, keyframe: bool = False, codec=pb.CODEC_H264, size: int = 100) -> pb.Envelope:
    """A picture that says which one it is."""
    data = f"{epoch}:{seq}:".encode().ljust(size, b"x")
    picture = pb.VideoChunk(
        stream_epoch=epoch, seq=seq, codec=codec, keyframe=keyframe, width=640, height=480, data=data
    )
    return pb.Envelope(video_chunk=picture)


class Client:
    """One socket. `hear` gives envelopes; the first frame, bare settings, is `settings` after `come`."""

    def __init__(self, link: WebsocketCommunicator) -> None:
        self.link = link
        self.subprotocol = None
        self.settings: pb.CameraSettings | None = None

    async def come(self) -> "Client":
        accepted, self.subprotocol = await self.link.connect(timeout=PATIENCE)
        assert accepted, self.subprotocol
        return self

    async def is_let_in(self) -> bool:
        """Knock: is the handshake accepted?"""
        return (await self.link.connect(timeout=PATIENCE))[0]

    async def data(self, timeout: float = PATIENCE) -> bytes:
        message = await asyncio.wait_for(self.link.output_queue.get(), timeout)
        if message["type"] == "websocket.close":
            raise Closed(message["code"])
        return message["bytes"]

    async def read_settings(self, timeout: float = PATIENCE) -> pb.CameraSettings:
        self.settings = pb.CameraSettings.FromString(await self.data(timeout))
        return self.settings

    async def hear(self, timeout: float = PATIENCE) -> pb.Envelope:
        return pb.Envelope.FromString(await self.data(timeout))

    async def hear_next(self, *kinds: str, timeout: float = PATIENCE) -> pb.Envelope:
        """The next envelope of one of these kinds; others are passed over."""
        async with asyncio.timeout(timeout):
            while (envelope := await self.hear(timeout)).WhichOneof("body") not in kinds:
                pass
        return envelope

    async def send(self, data: bytes) -> None:
        await self.link.send_input({"type": "websocket.receive", "bytes": data})

    async def say(self, envelope: pb.Envelope | None = None, **fields) -> None:
        await self.send((envelope or pb.Envelope(**fields)).SerializeToString())

    async def hear_until(self, kind: str) -> list[pb.Envelope]:
        """Envelopes up to the first of this kind."""
        found = [await self.hear()]
        while found[-1].WhichOneof("body") != kind:
            found.append(await self.hear())
        return found

    async def heeded(self) -> None:
        """Wait until what was said so far has been acted upon; what is heard meanwhile is passed over."""
        await self.say(id=HEEDED, heartbeat=pb.Heartbeat(now_us=1))
        while (await self.hear_next("heartbeat")).reply_to != HEEDED:
            pass

    async def end(self, timeout: float = PATIENCE) -> tuple[list[bytes], int]:
        """What still comes, and the code that the server closes with."""
        found = []
        try:
            while True:
                found.append(await self.data(timeout))
        except Closed as closed:
            return found, closed.code

    async def silent(self, *kinds: str, seconds: float = 0.3) -> bool:
        """Does nothing (of these kinds) come for a while?"""
        try:
            await (self.hear_next(*kinds, timeout=seconds) if kinds else self.data(seconds))
        except TimeoutError:
            return True
        return False

    async def go(self) -> None:
        if not self.link.future.done():
            await self.link.send_input({"type": "websocket.disconnect", "code": 1000})
            await self.link.wait(PATIENCE)


class Cameras:
    """Opens sockets, and closes them when the test is over."""

    def __init__(self, cookie_of) -> None:
        self._cookie_of = cookie_of
        self._open: list[Client] = []

    async def close(self) -> None:
        for client in self._open:
            await client.go()

    def knock(self, path: str = "/ws/camera/", *, headers=(), subprotocol="camera.v1", client="192.0.2.1") -> Client:
        """A socket that has not been opened yet."""
        offered = [subprotocol] if subprotocol else []
        link = WebsocketCommunicator(
            application, path, headers=[(b"host", b"testserver"), *headers], subprotocols=offered
        )
        link.scope["client"] = [client, 40_000]
        found = Client(link)
        self._open.append(found)
        return found

    async def at_door(self, user, path: str = "/ws/camera/", **options) -> Client:
        """A person's socket, not opened yet."""
        cookie = await aside(self._cookie_of, user)
        return self.knock(path, headers=[(b"origin", b"http://testserver"), (b"cookie", cookie.encode())], **options)

    async def watch(self, user, path: str = "/ws/camera/", *, codecs=(pb.CODEC_H264,)) -> Client:
        """A viewer after hello, capabilities and settings; their answers are kept as `hello` and `changed`."""
        client = await (await self.at_door(user, path)).come()
        await client.read_settings()
        await client.say(id=1, hello=pb.Hello(role="viewer", codecs=codecs))
        client.hello = (await client.hear_next("hello")).hello
        client.capabilities = (await client.hear_next("capabilities")).capabilities
        client.changed = (await client.hear_next("settings_changed")).settings_changed
        client.status = (await client.hear_next("status")).status
        return client

    async def bring(self, token: str, path: str = "/ws/camera/", *, able: pb.CameraCapabilities = CLOCK) -> Client:
        """An agent that may publish; the order and the demand that it was given are kept."""
        client = await self.bearer(token, path).come()
        await client.read_settings()
        await client.say(id=1, hello=pb.Hello(role="agent", codecs=able.codecs))
        client.hello = (await client.hear_next("hello")).hello
        await client.say(capabilities=able)
        client.order = (await client.hear_next("settings_changed")).settings_changed
        client.demand = (await client.hear_next("demand")).demand
        return client

    def bearer(self, token: str, path: str = "/ws/camera/", **options) -> Client:
        return self.knock(path, headers=[(b"authorization", f"Bearer {token}".encode())], **options)
