"""The receive path's short cut: whole text frames, read in one go."""

TEXT = 0x81  # FIN and the opcode
MASKED = 0x80
SHORT = 126


def whole_texts(data: bytes, limit: int) -> tuple[list[str], int]:
    """The texts of the whole, final, masked, well-formed text frames at the start of `data`, and the bytes they took.

    It stops, and leaves the rest to the ordinary parser, at whatever is anything else: a control frame, a fragment, a
    frame over `limit` bytes or not in its shortest form, text that is not UTF-8, bytes that are still to come.
    """
    texts: list[str] = []
    at, end = 0, len(data)
    while end - at >= 6 and data[at] == TEXT:
        length, mask = data[at + 1] - MASKED, at + 2
        if length == SHORT:
            length = data[mask] << 8 | data[mask + 1]
            mask += 2
            if length < SHORT:
                break
        elif not 0 <= length < SHORT:
            break
        start = mask + 4
        if start + length > end or length > limit:
            break
        try:
            texts.append(_unmasked(data[start : start + length], data[mask:start]).decode())
        except UnicodeDecodeError:
            break
        at = start + length
    return texts, at


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    """XOR with the repeated mask, as one long number: the fastest way that Python has."""
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(length, "little")
