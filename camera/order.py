"""In which order pictures come, and the last of them: what a viewer who joins is shown at once."""

from camera.chunks import H264, JPEG, Chunk
from digi.errors import Invalid

GOP = 15  # pictures since the last keyframe that are kept for those who join, at most
GOP_BYTES = 1_048_576


class Order:
    """What an agent's next picture may be: a later one, of this epoch or of a later one."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[int, int]] = {}

    def check(self, chunk: Chunk) -> None:
        """Raises `Invalid`: `stale_epoch` for an epoch that is over, `out_of_order` for a number that has been."""
        epoch, seq = self._last.get(chunk.codec, (0, -1))
        if chunk.epoch < epoch:
            raise Invalid("This epoch is over.", code="stale_epoch")
        if chunk.epoch == epoch and chunk.seq <= seq:
            raise Invalid("This picture has been.", code="out_of_order")
        self._last[chunk.codec] = (chunk.epoch, chunk.seq)


class Recent:
    """The last pictures of a camera: the last JPEG, and H.264 since the last keyframe while that is not long ago."""

    def __init__(self) -> None:
        self._jpeg: Chunk | None = None
        self._gop: list[Chunk] = []
        self._bytes = 0
        self._last: tuple[int, int] | None = None

    def take(self, chunk: Chunk) -> bool:
        """Can it be decoded by who has all that came before?"""
        if chunk.codec == JPEG:
            self._jpeg = chunk
            return True
        follows = chunk.keyframe or self._last == (chunk.epoch, chunk.seq - 1)
        self._last = (chunk.epoch, chunk.seq)
        if chunk.keyframe:
            self._gop, self._bytes = [], 0
        whole = chunk.keyframe or (follows and bool(self._gop))
        self._bytes += chunk.size
        if whole and len(self._gop) < GOP and self._bytes <= GOP_BYTES:
            self._gop.append(chunk)
        else:
            self._gop = []
        return follows

    def beginning(self, codec: int) -> list[Chunk]:
        """What to show to begin with; empty where only a new keyframe helps."""
        if codec == H264:
            return list(self._gop)
        return [self._jpeg] if self._jpeg else []
