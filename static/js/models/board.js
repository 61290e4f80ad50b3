const PATIENCE = 5000;
const REMEMBERED = 120; // pictures: the first that shows a change may come before the answer that names it

/** What was asked of a camera, what it does, and what has become of each wish.
 *
 * Settings are plain objects by the names of the schema, with `resolution` as "640x480". Milliseconds.
 */
export class Board {
  desired = {};
  applied = {};
  revision = 0;
  #drawn = []; // the latest pictures: {streamEpoch, seq, at}
  #wishes = new Map(); // by name: {at, revision, outcome, reason, epoch, seq, shownAt}

  /** This page asks for something; the server has not answered yet. */
  ask(patch, now) {
    for (const name of Object.keys(patch)) this.#wishes.set(name, { at: now, revision: null, value: patch[name] });
  }

  /** The server refused what this page has asked for. */
  refused(patch) {
    for (const name of Object.keys(patch)) {
      if (this.#wishes.get(name)?.revision === null) this.#wishes.delete(name);
    }
  }

  /** The server says what is desired, and what the camera said last that it does. */
  changed(desired, applied, revision, now) {
    const known = this.revision > 0;
    for (const [name, value] of Object.entries(desired)) {
      const wish = this.#wishes.get(name);
      if (wish?.revision === null && same(wish.value, value)) wish.revision = revision;
      else if (known && revision !== this.revision && !same(this.desired[name], value)) {
        this.#wishes.set(name, { at: now, revision, value });
      }
    }
    this.desired = desired;
    this.applied = applied;
    this.revision = revision;
  }

  /** The camera answers revision `revision`; `fields` holds `{outcome, reason}` by name. */
  acknowledged({ revision, applied, fields, epoch, seq }, now) {
    this.applied = applied;
    for (const [name, wish] of this.#wishes) {
      if (wish.revision === null || wish.revision > revision || wish.outcome) continue;
      const { outcome, reason } = fields[name] ?? { outcome: this.#agrees(name) ? "applied" : "pending", reason: "" };
      if (outcome === "pending") continue;
      Object.assign(wish, { outcome, reason, epoch, seq, answered: now });
    }
    this.#settle();
    for (const [name, { outcome, reason }] of Object.entries(fields)) {
      if (!this.#wishes.has(name) && outcome !== "pending" && outcome !== "applied") {
        this.#wishes.set(name, { at: null, revision, outcome, reason });
      }
    }
  }

  /** A picture is on the screen; true where it is the first that shows a change. */
  shown({ streamEpoch, seq }, now) {
    this.#drawn.push({ streamEpoch, seq, at: now });
    if (this.#drawn.length > REMEMBERED) this.#drawn.shift();
    return this.#settle();
  }

  /** The state of one setting: `{state, reason, since, seq, ms}`, the state one of
   * applied · pending · clamped · rejected · late · unknown. */
  status(name, now) {
    const wish = this.#wishes.get(name);
    if (wish && !wish.outcome) {
      if (wish.revision !== null && this.#agrees(name)) return { state: "applied" };
      return { state: now - wish.at < PATIENCE ? "pending" : "late", since: now - wish.at };
    }
    if (wish?.outcome) {
      const { outcome: state, reason, seq, at, shownAt } = wish;
      return { state, reason, seq: shownAt ? seq : null, ms: shownAt ? shownAt - at : null };
    }
    if (!(name in this.applied)) return { state: "unknown" };
    return this.#agrees(name) ? { state: "applied" } : { state: "clamped", reason: "" };
  }

  /** Does anything wait for an answer, so that time alone can change a state? */
  get waits() {
    return [...this.#wishes.values()].some(({ outcome }) => !outcome);
  }

  // When did each answered wish come to be seen? True where one has just been found.
  #settle() {
    let found = false;
    for (const wish of this.#wishes.values()) {
      if (wish.shownAt || !wish.seq || wish.at === null) continue;
      const first = this.#drawn.find(({ streamEpoch, seq, at }) => at >= wish.at
        && (streamEpoch > wish.epoch || (streamEpoch === wish.epoch && seq >= wish.seq)));
      if (!first) continue;
      wish.shownAt = first.at;
      found = true;
    }
    return found;
  }

  #agrees(name) {
    return same(this.desired[name], this.applied[name]);
  }
}

/** The members of `patch` that somebody else has changed since `base`: only those need a decision. */
export function contested(patch, base, current) {
  return Object.keys(patch).filter((name) => !same(base[name], current[name]) && !same(patch[name], current[name]));
}

/** Gains cross the wire as 32-bit floats. */
export function same(one, other) {
  if (typeof one !== "number" || typeof other !== "number") return one === other;
  return Math.abs(one - other) <= 1e-5 * Math.max(1, Math.abs(one), Math.abs(other));
}
