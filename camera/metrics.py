"""What Prometheus is told of cameras: read from the database and the shared cache, so that each process tells all."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Sum
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from camera.models import Camera, Recording, RecordingState
from camera.services import measures

CAMERA = ["camera"]
AGENT = {  # what the agent says: the metric, its words, and what its number is multiplied by
    "fps": ("digi_camera_fps", "Pictures a second, as the agent makes them.", 1),
    "bitrate_bps": ("digi_camera_bits_per_second", "Bits a second, as the agent sends them.", 1),
    "viewers": ("digi_camera_viewers", "People who watch, in all processes.", 1),
    "encode_ms": ("digi_camera_encode_seconds", "Seconds that the agent takes for a picture.", 0.001),
}


def collect() -> Iterator[Metric]:
    """The cameras in service, by their short names. A fixed number of queries."""
    cameras = list(Camera.objects.in_service().order_by("pk"))
    measured = measures.read(camera.pk for camera in cameras)
    yield _gauge("digi_camera_online", "Does an agent publish?", {one.slug: one.is_online for one in cameras})
    for name, (metric, words, factor) in AGENT.items():
        said = {one.slug: measured[one.pk][0].get(name) for one in cameras if one.is_online}
        yield _gauge(metric, words, {slug: value * factor for slug, value in said.items() if value is not None})
    yield _frames(cameras, measured)
    yield _drops(cameras, measured)
    yield from _answers(cameras)
    yield from _recordings()


def _frames(cameras: list[Camera], measured: dict[int, Any]) -> Metric:
    family = CounterMetricFamily(
        "digi_camera_frames", "Pictures that the agent has made since it began.", labels=CAMERA
    )
    for camera in cameras:
        if "frames" in measured[camera.pk][0]:
            family.add_metric([camera.slug], measured[camera.pk][0]["frames"])
    return family


def _drops(cameras: list[Camera], measured: dict[int, Any]) -> Metric:
    words = "Pictures left out: by the agent, whose line is slow, or for viewers, who are."
    family = CounterMetricFamily("digi_camera_dropped_frames", words, labels=[*CAMERA, "for"])
    for camera in cameras:
        said, viewers = measured[camera.pk]
        if "dropped" in said:
            family.add_metric([camera.slug, "agent"], said["dropped"])
        family.add_metric([camera.slug, "viewers"], viewers)
    return family


def _answers(cameras: list[Camera]) -> Iterator[Metric]:
    took = {
        camera.slug: max(0.0, (camera.acked_at - camera.changed_at).total_seconds())
        for camera in cameras
        if camera.acked_at is not None and not camera.is_waiting
    }
    yield _gauge("digi_camera_ack_seconds", "From the last change of settings to the agent's answer.", took)
    late = {camera.slug: camera.is_overdue for camera in cameras}
    yield _gauge("digi_camera_ack_overdue", "Should the agent have answered by now?", late)


def _recordings() -> Iterator[Metric]:
    rows = Recording.objects.order_by().values("state").annotate(count=Count("pk"), size=Sum("bytes"))
    found = {row["state"]: (row["count"], row["size"] or 0) for row in rows}
    counts: dict[str, float] = {state: found.get(state, (0, 0))[0] for state in RecordingState.values}
    yield _gauge("digi_camera_recordings", "Recordings, by their state.", counts, "state")
    family = GaugeMetricFamily("digi_camera_recordings_bytes", "Bytes of all recordings.")
    family.add_metric([], sum(size for _count, size in found.values()))
    yield family


def _gauge(name: str, words: str, values: Mapping[str, float], label: str = CAMERA[0]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], float(value))
    return family
