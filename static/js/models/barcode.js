const GUARDS = [0b1010, 0b0101];

/** How many modules the time in a picture has, side by side along its upper edge: docs/protocols/camera.md. */
export const MODULES = 48;

/** The row in the middle of the strip, in a picture of so many rows. */
export function middle(height) {
  return Math.max(16, Math.floor(height / 40) * 2) / 2;
}

/** The milliseconds since 1970, modulo 2³², that these brightnesses (one a module, 0 to 255) say; null for none. */
export function read(levels) {
  const whites = levels[0] + levels[2] + levels[45] + levels[47];
  const blacks = levels[1] + levels[3] + levels[44] + levels[46];
  if (whites - blacks < 4 * 64) return null;

  const threshold = (whites + blacks) / 8;
  const bits = levels.map((level) => (level > threshold ? 1 : 0));
  const [first, high, low, check, last] = [number(bits, 0, 4), number(bits, 4, 20), number(bits, 20, 36), number(bits, 36, 44), number(bits, 44, 48)];
  if (first !== GUARDS[0] || last !== GUARDS[1]) return null;
  if (crc8([high >> 8, high & 255, low >> 8, low & 255]) !== check) return null;
  return high * 65_536 + low;
}

/** How long ago that was, in milliseconds, at `now`. */
export function age(milliseconds, now) {
  const past = (((now - milliseconds) % 2 ** 32) + 2 ** 32) % 2 ** 32;
  return past < 2 ** 31 ? past : past - 2 ** 32;
}

/** CRC-8 with the polynomial x⁸ + x² + x + 1, from 0. */
export function crc8(bytes) {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

function number(bits, from, to) {
  return bits.slice(from, to).reduce((sum, bit) => sum * 2 + bit, 0);
}
