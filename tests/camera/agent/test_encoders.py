"""Which pictures become keyframes."""

import pytest

from camera.agent.capabilities import common
from camera.agent.encoders import Encoders
from camera.agent.settings import initial
from camera.agent.sources.clock import Clock

HOUR = 3_600_000_000
SECOND = 1_000_000


@pytest.mark.parametrize("set_by", [0, -HOUR, HOUR])
def test_keyframes_are_due_after_their_interval_however_the_clock_is_set(set_by):
    settings, clock, encoders = initial(common("test")), Clock(), Encoders()
    clock.adjust(settings)
    encoders.fit((settings.width, settings.height))
    before = [10 * HOUR + second * SECOND for second in range(4)]
    after = [taken_us + set_by for taken_us in range(before[-1] + SECOND, before[-1] + 5 * SECOND, SECOND)]

    chunks = [
        encoders.h264(clock.picture(), settings, taken_us=taken_us, keyframe=False).video_chunk
        for taken_us in before + after
    ]

    assert [chunk.keyframe for chunk in chunks[:4]] == [True, False, True, False]
    assert [chunk.keyframe for chunk in chunks[4:]] == [True, False] * 2
