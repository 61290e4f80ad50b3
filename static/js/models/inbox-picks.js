/** Which rows of a list the next act is for: those that are picked, or the one that has the focus. */
export class Picking {
  #picked = new Set();

  get numbers() {
    return [...this.#picked];
  }

  get size() {
    return this.#picked.size;
  }

  turn(number, on) {
    if (on) this.#picked.add(number);
    else this.#picked.delete(number);
  }

  clear() {
    this.#picked.clear();
  }

  /** Forget what stands in the list no more. */
  keepTo(numbers) {
    const there = new Set(numbers);
    for (const number of this.#picked) if (!there.has(number)) this.#picked.delete(number);
  }
}

/** The row to go to: `by` rows on from where one is, the first or last one where one is nowhere; −1 where there is none. */
export function stepped(at, by, many) {
  if (!many) return -1;
  if (at < 0) return by > 0 ? 0 : many - 1;
  return Math.min(many - 1, Math.max(0, at + by));
}

/** Who of `numbers` takes the focus when `going` go and the one at `at` had it: the next that stays, else the last before. */
export function heirOf(numbers, going, at) {
  const stays = (number) => !going.includes(number);
  return numbers.slice(Math.max(0, at)).find(stays) ?? numbers.slice(0, Math.max(0, at)).reverse().find(stays) ?? null;
}

/** What takes back `verb`, or null for what nobody takes back. */
export function undoOf(verb) {
  if (verb === "done" || verb.startsWith("later:")) return "reopen";
  return { mute: "unmute", "mute-everywhere": "unmute" }[verb] ?? null;
}
