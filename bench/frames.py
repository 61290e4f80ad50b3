"""RFC 6455 frames, no more of them than a load generator needs."""

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A


def masked(payload: bytes, opcode: int = TEXT) -> bytes:
    """A client's frame. Its mask is zero: as legal as any, and it leaves the client's CPU to the measurement."""
    length = len(payload)
    if length < 126:
        head = bytes((opcode, 0x80 | length))
    elif length < 65536:
        head = bytes((opcode, 0xFE)) + length.to_bytes(2, "big")
    else:
        head = bytes((opcode, 0xFF)) + length.to_bytes(8, "big")
    return head + b"\0\0\0\0" + payload


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The whole frames (first byte, payload) at the start of what a server sent, and the bytes left over."""
    found = []
    at, end = 0, len(data)
    while end - at >= 2:
        length, start = data[at + 1], at + 2
        if length == 126:
            start += 2
            length = int.from_bytes(data[at + 2 : start], "big")
        elif length == 127:
            start += 8
            length = int.from_bytes(data[at + 2 : start], "big")
        if start > end or start + length > end:
            break
        found.append((data[at], data[start : start + length]))
        at = start + length
    return found, data[at:]
