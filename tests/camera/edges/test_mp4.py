"""Access units in MP4: the same pictures, at their times, and playable whatever ends the writing."""

import os
from pathlib import Path

import av
import pytest

from camera import mp4
from tests.camera.edges.lens import FPS, GOP, units


@pytest.fixture(scope="module")
def pictures():
    return units(5 * GOP)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "part.mp4"


def write(path, pictures, times=None) -> mp4.FragmentedFile:
    file = mp4.FragmentedFile(path, pictures[0][0])
    for n, (data, keyframe) in enumerate(pictures):
        file.add(data, at=times[n] if times else n / FPS, keyframe=keyframe)
    return file


def shown(path) -> list[float]:
    """The times of all pictures, decoded."""
    with av.open(str(path)) as file:
        return [round(float(frame.pts * frame.time_base), 3) for frame in file.decode(video=0)]


def test_file_holds_every_picture_at_its_time(path, pictures):
    file = write(path, pictures)
    file.close()

    assert shown(path) == [round(n / FPS, 3) for n in range(len(pictures))]
    assert file.seconds == mp4.seconds_of(path) == pytest.approx(len(pictures) / FPS, abs=0.01)
    assert mp4.size_of(pictures[0][0]) == (320, 240)


def test_file_is_fragmented_and_holds_the_units_as_they_came(path, pictures):
    write(path, pictures).close()

    kinds = [kind for kind, _end in mp4._boxes(path)]
    assert kinds[:2] == [b"ftyp", b"moov"]
    assert kinds[2:-1] == [b"moof", b"mdat"] * 5
    assert kinds[-1] == b"mfra"
    with av.open(str(path)) as file:
        sizes = [packet.size for packet in file.demux(video=0) if packet.size]
    payload = [sum(len(nal) + 4 for nal in mp4._nals(data)) for data, _keyframe in pictures]
    assert sizes == payload


def test_fragments_are_a_second_long_at_most(path, pictures):
    one_keyframe = [pictures[0], *((data, False) for data, keyframe in pictures[1:GOP])] * 1
    times = [n / 4 for n in range(GOP)]
    write(path, one_keyframe, times).close()

    assert [kind for kind, _end in mp4._boxes(path)].count(b"moof") >= 3


def test_times_never_go_back_and_pauses_stay(path, pictures):
    times = [n / FPS for n in range(len(pictures))]
    times[10] = times[8]
    times[40:] = [at + 3 for at in times[40:]]

    file = write(path, pictures, times)
    file.close()

    found = shown(path)
    assert found == sorted(set(found))
    assert found[40] - found[39] == pytest.approx(3 + 1 / FPS, abs=0.01)
    assert file.seconds == pytest.approx(len(pictures) / FPS + 3, abs=0.1)


def test_torn_file_plays_to_its_last_whole_fragment(path, pictures):
    file = write(path, pictures)
    torn = path.with_name("torn.mp4")
    torn.write_bytes(path.read_bytes())  # as a killed process leaves it
    file.close()
    os.truncate(torn, torn.stat().st_size - 20)

    seconds = mp4.mend(torn)

    assert 3 * GOP / FPS <= seconds <= 4 * GOP / FPS
    assert len(shown(torn)) == round(seconds * FPS)


@pytest.mark.parametrize("content", [b"", b"junk" * 100])
def test_what_holds_no_fragment_is_unplayable(path, content):
    path.write_bytes(content)

    with pytest.raises(mp4.Unplayable):
        mp4.mend(path)


def test_file_begins_with_nothing_but_a_keyframe(path, pictures):
    for wrong in (b"", b"junk" * 100, pictures[1][0]):
        for begin in (mp4.size_of, lambda unit: mp4.FragmentedFile(path, unit)):
            with pytest.raises(mp4.Unplayable):
                begin(wrong)


def test_parameters_tell_sizes_apart(pictures):
    keyframes = [data for data, keyframe in pictures if keyframe]
    other = units(1, (160, 120))[0][0]

    assert len({mp4.parameters(data) for data in keyframes}) == 1
    assert mp4.parameters(other) != mp4.parameters(keyframes[0])
    assert mp4.parameters(pictures[1][0]) == b""


def test_full_disk_is_an_error_of_the_disk(pictures):
    with pytest.raises(OSError, match="No space left"):
        write(Path("/dev/full"), pictures).close()
