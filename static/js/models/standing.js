const OLD = 2000;
const QUIET = 1500; // a gap this short is nobody's business
const TOO_MANY = 4409; // a close code

/** What there is to see, in one word:
 *
 * connecting · reconnecting · offline · waiting (for the first picture) · live · nosignal · old · paused.
 * Where the server has never let this page in, that is reconnecting once it lasts, or at once where it has named a limit.
 * `link` is the link's state, `camera` what the server said last (null before it), `shown` when the last picture came
 * (null before it), `noSignal` and `paused` as they say. Milliseconds.
 */
export function standing({ link, camera, shown, noSignal, paused }, now) {
  if (!camera) return link.name === "waiting" && (link.code === TOO_MANY || now - link.since > QUIET) ? "reconnecting" : "connecting";
  if (link.name !== "live") {
    return shown !== null && now - link.since < QUIET ? seen({ shown, noSignal, paused }, now) : "reconnecting";
  }
  if (!camera.online) return "offline";
  return seen({ shown, noSignal, paused }, now);
}

function seen({ shown, noSignal, paused }, now) {
  if (paused) return "paused";
  if (shown === null) return "waiting";
  if (noSignal) return "nosignal";
  return now - shown > OLD ? "old" : "live";
}
