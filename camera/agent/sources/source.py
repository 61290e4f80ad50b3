"""What every source is to the agent."""

from typing import Protocol

import av
from av.error import FFmpegError

from camera.camera_pb2 import CameraCapabilities, CameraSettings

TROUBLE = (FFmpegError, OSError, ValueError, IndexError)
"""What opening and reading with FFmpeg may raise; a container without video gives an IndexError."""


class Away(Exception):
    """The source gives no picture at present; the message says why. It is asked again for the next picture."""


class Source(Protocol):
    capabilities: CameraCapabilities
    fixed: CameraSettings  # what it does and cannot leave

    def adjust(self, settings: CameraSettings) -> None:
        """Take what concerns the source itself, such as its size and rate, from now on."""

    def picture(self) -> av.VideoFrame:
        """The picture of this moment, of any size and format, without waiting for long. Raises `Away`."""

    def close(self) -> None:
        """Give everything back."""
