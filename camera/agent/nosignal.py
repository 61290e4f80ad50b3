"""The picture of a source that gives none: its words, and a bar that moves, so that everybody sees the camera lives."""

import av

_LETTERS = {
    "N": "10001 11001 11001 10101 10011 10011 10001",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "S": "01111 10000 10000 01110 00001 00001 11110",
    "I": "01110 00100 00100 00100 00100 00100 01110",
    "G": "01110 10001 10000 10111 10001 10001 01110",
    "A": "01110 10001 10001 11111 10001 10001 10001",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}
_TEXT = "NO SIGNAL"
_DARK, _LIGHT, _GREY = 32, 190, 128


def picture(width: int, height: int, seconds: float) -> av.VideoFrame:
    """A yuv420p picture; `seconds` moves the bar along, once from side to side in four."""
    frame = av.VideoFrame(width, height, "yuv420p")
    luma, *chroma = frame.planes
    luma.update(bytes([_DARK]) * luma.buffer_size)
    for plane in chroma:
        plane.update(bytes([_GREY]) * plane.buffer_size)

    cell = max(1, width // (len(_TEXT) * 6 + 12))
    left, top = (width - len(_TEXT) * 6 * cell) // 2, height // 2 - 4 * cell
    pixels = memoryview(luma)
    for place, letter in enumerate(_TEXT):
        for row, dots in enumerate(_LETTERS[letter].split()):
            line = b"".join(bytes([_LIGHT if dot == "1" else _DARK]) * cell for dot in dots)
            _paint(pixels, luma.line_size, left + place * 6 * cell, top + row * cell, line, cell)
    bar = bytes([_LIGHT]) * (width // 8)
    _paint(pixels, luma.line_size, int((width - len(bar)) * (seconds / 4 % 1)), height * 3 // 4, bar, max(2, cell))
    return frame


def _paint(pixels: memoryview, stride: int, x: int, y: int, line: bytes, rows: int) -> None:
    for row in range(y, y + rows):
        pixels[row * stride + x : row * stride + x + len(line)] = line
