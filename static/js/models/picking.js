/** Which rows of a table are picked, and at which one the keys stand. Rows are known by their ids, in their order. */
export class Picking {
  #ids = [];
  #picked = new Set();
  #at = null;

  /** The rows as they are now. What is gone is picked no more; the keys stay at their row or stand nowhere. */
  see(ids) {
    this.#ids = [...ids];
    this.#picked = new Set(this.#ids.filter((id) => this.#picked.has(id)));
    if (!this.#ids.includes(this.#at)) this.#at = null;
  }

  get at() {
    return this.#at;
  }

  get picked() {
    return this.#ids.filter((id) => this.#picked.has(id));
  }

  get size() {
    return this.#picked.size;
  }

  /** "all", "some" or "none". */
  get share() {
    if (this.size === 0) return "none";
    return this.size === this.#ids.length ? "all" : "some";
  }

  has(id) {
    return this.#picked.has(id);
  }

  /** One row on or back; the first or the last one, where the keys stood nowhere. Gives the row. */
  move(by) {
    const from = this.#ids.indexOf(this.#at);
    const to = from < 0 ? (by > 0 ? 0 : this.#ids.length - 1) : Math.min(Math.max(from + by, 0), this.#ids.length - 1);
    this.#at = this.#ids[to] ?? null;
    return this.#at;
  }

  /** Pick a row or let it go; with `through`, every row from where the keys stood. */
  set(id, picked, { through = false } = {}) {
    const [from, to] = [this.#ids.indexOf(through ? this.#at : id), this.#ids.indexOf(id)];
    const rows = from < 0 ? [id] : this.#ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const row of rows) this.#picked[picked ? "add" : "delete"](row);
    this.#at = id;
  }

  setAll(picked) {
    this.#picked = new Set(picked ? this.#ids : []);
  }
}
