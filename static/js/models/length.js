/** A message's limit in Unicode code points, as the server counts them. */
export const LIMIT = 8000;
const COUNT_FROM = 500;

/** The code points of a text; a pair of surrogates is one. */
export function codePoints(text) {
  let pairs = 0;
  for (let at = 0; at < text.length - 1; at += 1) {
    const here = text.charCodeAt(at);
    if (here < 0xd800 || here > 0xdbff) continue;
    const next = text.charCodeAt(at + 1);
    if (next >= 0xdc00 && next <= 0xdfff) {
      pairs += 1;
      at += 1;
    }
  }
  return text.length - pairs;
}

/** What the composer says of a text's length: `left` is null as long as nobody needs to know. */
export function measure(text) {
  const length = codePoints(text);
  const left = LIMIT - length;
  return { length, left: left <= COUNT_FROM ? left : null, over: left < 0 };
}
