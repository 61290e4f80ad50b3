/** Turns JPEG chunks into pictures, one at a time; of those that wait only the newest is worth it.
 *
 * `decode(bytes)` promises a picture, `show(picture, chunk)` gets and closes it, `skip(chunk)` hears of those that
 * become none, `failed(error)` of faults.
 */
export class Stills {
  #decode;
  #to;
  #busy = false;
  #waiting = null;
  #run = 0;

  constructor({ decode, ...to }) {
    this.#decode = decode;
    this.#to = to;
  }

  take(chunk) {
    if (this.#waiting) this.#to.skip(this.#waiting);
    this.#waiting = chunk;
    if (!this.#busy) this.#next();
  }

  close() {
    this.#run += 1;
    if (this.#waiting) this.#to.skip(this.#waiting);
    this.#waiting = null;
  }

  async #next() {
    const [chunk, run] = [this.#waiting, this.#run];
    this.#waiting = null;
    this.#busy = true;
    try {
      const picture = await this.#decode(chunk.data);
      if (run === this.#run) this.#to.show(picture, chunk);
      else picture.close();
    } catch (error) {
      this.#to.skip(chunk);
      this.#to.failed(error);
    }
    this.#busy = false;
    if (this.#waiting) this.#next();
  }
}
