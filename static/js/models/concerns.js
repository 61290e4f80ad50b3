/** Which parts of a page are out of date, by what has happened since.
 *
 * A part says what it shows: kinds of events by their first word, such as "task milestone", or "*" for everything.
 */
export class Concerns {
  #kinds = new Set();
  #all = false;

  /** Something of this kind has happened: "task.added". */
  heard(type) {
    this.#kinds.add(type.split(".")[0]);
  }

  /** Nobody knows what has happened. */
  everything() {
    this.#all = true;
  }

  get any() {
    return this.#all || this.#kinds.size > 0;
  }

  /** A question to ask of each part's list of kinds; from here on everything is news again. */
  take() {
    const [kinds, all] = [this.#kinds, this.#all];
    this.#kinds = new Set();
    this.#all = false;
    return (shown) => all || shown.split(" ").some((kind) => kind === "*" || kinds.has(kind));
  }

  /** What was taken could not be fetched: it is still out of date. */
  giveBack() {
    this.#all = true;
  }
}
