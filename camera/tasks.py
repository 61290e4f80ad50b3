"""What the worker does for cameras. Only the worker imports this: the recorder brings FFmpeg's libraries with it."""

from camera import recorder
from camera.services import recordings, taking
from digi.worker.registry import duty

duty(recordings.DUTY, recorder.take_up, minutes=1)
duty("old-recordings", taking.sweep, minutes=60)
