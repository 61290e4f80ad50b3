/** How long to wait before each attempt: the bound doubles, and half of it is chance, so that a restarted
 * server is not met by everybody at once. Milliseconds. */
export class Backoff {
  #first;
  #most;
  #tries = 0;

  constructor({ first = 500, most = 30_000 } = {}) {
    this.#first = first;
    this.#most = most;
  }

  next() {
    const bound = Math.min(this.#most, this.#first * 2 ** this.#tries);
    this.#tries += 1;
    return bound / 2 + (Math.random() * bound) / 2;
  }

  reset() {
    this.#tries = 0;
  }
}
