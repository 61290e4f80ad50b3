"""The time in a picture, to be read by a machine: docs/protocols/camera.md has the layout.

A strip along the upper edge, 48 modules side by side, white for 1: the guard 1010, milliseconds since 1970 modulo 2³²
(32 bits, highest first), a CRC-8 of those four bytes, the guard 0101.
"""

import av

MODULES = 48
BLACK, WHITE, GREY = 16, 235, 128
_GUARDS = (0b1010, 0b0101)


def strip_height(height: int) -> int:
    """Rows of the strip in a picture of so many rows; even."""
    return max(16, height // 40 * 2)


def draw(frame: av.VideoFrame, captured_at_us: int) -> None:
    """Write the moment into a yuv420p picture that nobody else reads from."""
    luma, *chroma = frame.planes
    rows = strip_height(frame.height)
    _fill(luma, row(captured_at_us // 1000, frame.width), rows)
    for plane in chroma:
        _fill(plane, bytes([GREY]) * plane.width, rows // 2)


def row(milliseconds: int, width: int) -> bytes:
    """One row of the strip: a byte of luma for every pixel."""
    code = _code(milliseconds)
    shades = [WHITE if code >> (MODULES - 1 - module) & 1 else BLACK for module in range(MODULES)]
    return bytes(shades[x * MODULES // width] for x in range(width))


def read(luma: bytes) -> int | None:
    """The milliseconds (modulo 2³²) in a row from the middle of the strip; None where it shows none."""
    width = len(luma)
    levels = [luma[(2 * module + 1) * width // (2 * MODULES)] for module in range(MODULES)]
    whites, blacks = levels[0] + levels[2] + levels[45] + levels[47], levels[1] + levels[3] + levels[44] + levels[46]
    if whites - blacks < 4 * 64:
        return None

    threshold = (whites + blacks) / 8
    code = sum((level > threshold) << (MODULES - 1 - module) for module, level in enumerate(levels))
    milliseconds = code >> 12 & 0xFFFFFFFF
    return milliseconds if code == _code(milliseconds) else None


def _code(milliseconds: int) -> int:
    low = milliseconds & 0xFFFFFFFF
    return _GUARDS[0] << 44 | low << 12 | _crc8(low.to_bytes(4, "big")) << 4 | _GUARDS[1]


def _crc8(data: bytes) -> int:
    """CRC-8 with the polynomial x⁸ + x² + x + 1, from 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _bit in range(8):
            crc = (crc << 1 ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def _fill(plane: av.video.plane.VideoPlane, line: bytes, rows: int) -> None:
    pixels = memoryview(plane)
    for start in range(0, rows * plane.line_size, plane.line_size):
        pixels[start : start + len(line)] = line
