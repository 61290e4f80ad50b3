"""Frames as they stand on the wire (RFC 6455, 5.2): made once, however many sockets they go to.

Digi's own server takes them as they are (`digi.server.sockets`); every other ASGI server gets what is in them.
"""

_SHORT, _MEDIUM = 126, 65_536
_BINARY = 0x82


def text_frame(payload: bytes) -> bytes:
    """A whole, unmasked text frame with this UTF-8 payload."""
    length = len(payload)
    if length < _SHORT:
        return bytes((0x81, length)) + payload
    if length < _MEDIUM:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload


def binary_frame(payload: bytes) -> bytes:
    """A whole, unmasked binary frame."""
    length = len(payload)
    if length < _SHORT:
        return bytes((_BINARY, length)) + payload
    if length < _MEDIUM:
        return b"\x82\x7e" + length.to_bytes(2, "big") + payload
    return b"\x82\x7f" + length.to_bytes(8, "big") + payload


def content_of(frame: bytes) -> dict[str, str | bytes]:
    """What is in a frame that these functions made, as ASGI's `websocket.send` names it."""
    if frame[0] != _BINARY:
        return {"text": text_of(frame)}
    return {"bytes": frame[{126: 4, 127: 10}.get(frame[1], 2) :]}


def text_of(frame: bytes) -> str:
    """The text of a frame that `text_frame` made."""
    start = {126: 4, 127: 10}.get(frame[1], 2)
    return frame[start:].decode()
