"""Clients of cameras on real servers."""

import asyncio
import time
from contextlib import AsyncExitStack

from websockets.asyncio.client import connect

from camera import camera_pb2 as pb
from tests.camera.sockets import CLOCK, chunk
from tests.chat.sockets import PATIENCE, aside


class Link:
    """One socket of a running server."""

    def __init__(self, socket) -> None:
        self.socket = socket

    async def settings(self) -> pb.CameraSettings:
        return pb.CameraSettings.FromString(await asyncio.wait_for(self.socket.recv(), PATIENCE))

    async def hear_next(self, *kinds: str, timeout: float = PATIENCE) -> pb.Envelope:
        async with asyncio.timeout(timeout):
            while True:
                envelope = pb.Envelope.FromString(await self.socket.recv())
                if envelope.WhichOneof("body") in kinds:
                    return envelope

    async def say(self, envelope: pb.Envelope | None = None, **fields) -> None:
        await self.socket.send((envelope or pb.Envelope(**fields)).SerializeToString())


class Guests:
    """Opens sockets of running servers, and closes them when the test is over."""

    def __init__(self, cookie_of, token: str) -> None:
        self._cookie_of = cookie_of
        self._token = token
        self._stack = AsyncExitStack()

    async def open(self, server, headers: dict[str, str], *, protocol: str | None = "camera.v1", **options) -> Link:
        socket = connect(
            f"{server.socket_url}/ws/camera/",
            additional_headers=headers,
            subprotocols=[protocol] if protocol else None,
            compression=None,
            proxy=None,
            open_timeout=PATIENCE,
            close_timeout=2,
            **options,
        )
        return Link(await self._stack.enter_async_context(socket))

    async def watch(self, server, user, **options) -> Link:
        cookie = await aside(self._cookie_of, user)
        link = await self.open(server, {"Cookie": cookie}, origin=server.url, **options)
        await link.settings()
        await link.say(id=1, hello=pb.Hello(codecs=[pb.CODEC_H264]))
        await link.hear_next("hello")
        return link

    async def bring(self, server) -> Link:
        link = await self.open(server, {"Authorization": f"Bearer {self._token}"})
        await link.settings()
        await link.say(hello=pb.Hello())
        await link.say(capabilities=CLOCK)
        await link.hear_next("demand")
        return link

    async def close(self) -> None:
        await self._stack.aclose()


class Film:
    """Sends pictures by an agent until it is stopped, a keyframe at every request and after so many; `seq` is next."""

    def __init__(self, agent: Link, *, fps: int = 30, size: int = 6250, epoch: int = 1, keyframes: int = 30) -> None:
        self._agent, self._fps, self._size, self._epoch, self._keyframes = agent, fps, size, epoch, keyframes
        self.seq = 0
        self.orders: list[pb.CameraSettings] = []
        self._wanted = True
        self._tasks = [asyncio.create_task(work()) for work in (self._send, self._hear)]

    async def _send(self) -> None:
        while True:
            keyframe, self._wanted = self._wanted or self.seq % self._keyframes == 0, False
            picture = chunk(self.seq, epoch=self._epoch, keyframe=keyframe, size=self._size)
            picture.video_chunk.captured_at_us = time.time_ns() // 1000
            await self._agent.say(picture)
            self.seq += 1
            await asyncio.sleep(1 / self._fps)

    async def _hear(self) -> None:
        while True:
            word = await self._agent.hear_next("keyframe_request", "settings_changed", timeout=3600)
            if word.WhichOneof("body") == "settings_changed":
                self.orders.append(word.settings_changed.desired)
            else:
                self._wanted = True

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
