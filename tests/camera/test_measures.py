"""What sockets measure reaches the shared cache: an agent's word, and pictures left out for slow viewers."""

from camera import camera_pb2 as pb
from camera.flow import CREDIT, QUEUE
from camera.services import measures
from tests.camera.sockets import chunk
from tests.chat.sockets import eventually


async def test_agents_word_and_drops_are_measured(sockets, camera, token, carol):
    agent = await sockets.bring(token)
    viewer = await sockets.watch(carol)

    await agent.say(stats=pb.Stats(fps=30, bitrate_bps=1_000_000, frames=90))
    await agent.say(chunk(1, keyframe=True))
    for seq in range(2, CREDIT + QUEUE + 12):  # more than the viewer has credit and room for
        await agent.say(chunk(seq))

    assert (await viewer.hear_next("stats")).stats.viewers == 1
    await eventually(lambda: all(measures.read([camera.pk])[camera.pk]))
    said, dropped = measures.read([camera.pk])[camera.pk]
    assert (said["fps"], said["frames"], said["viewers"]) == (30, 90, 1)
    assert dropped >= QUEUE
