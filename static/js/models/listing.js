const COUNTED = new Set(["add", "edit", "delete", "read", "member", "setting", "room"]);

/** Keeps a `RoomList` in step with the server: by frames, and by asking where frames do not say enough.
 *
 * An answer may be older than a frame that came while it was on its way; such a room is asked for once more.
 */
export class Listing {
  #rooms;
  #call;
  #changed;
  #news = new Map(); // how many frames that count have come, by room
  #entered = new Set(); // rooms that came into the list while all of it was being fetched
  #asking = new Set();
  #loads = 0;

  /** `call(method, path)` asks the API; `changed()` hears that something looks different. */
  constructor({ rooms, call, changed }) {
    this.#rooms = rooms;
    this.#call = call;
    this.#changed = changed;
  }

  /** Take a frame; gives what `RoomList.apply` makes of it. */
  heard(frame) {
    const { type, room } = frame;
    if (COUNTED.has(type)) this.#news.set(room, (this.#news.get(room) ?? 0) + 1);
    if (type === "gone") this.#forget(room);
    const outcome = this.#rooms.apply(frame);
    if (outcome === "ask") {
      this.#entered.add(room);
      this.#ask(room);
    } else if (outcome === "changed") {
      this.#changed();
    }
    return outcome;
  }

  /** Fetch the whole list: "fresh", "signed_out" or "unreachable". */
  async load() {
    const before = new Map(this.#news);
    const turn = (this.#loads += 1);
    this.#entered.clear();
    try {
      const { results } = await this.#call("GET", "rooms/");
      if (turn !== this.#loads) return "fresh"; // a later one is on its way
      this.#rooms.replace(results);
    } catch (error) {
      return error.status === 401 ? "signed_out" : "unreachable";
    }
    for (const [id, count] of this.#news) {
      if (before.get(id) !== count && (this.#rooms.get(id) || this.#entered.has(id))) this.#ask(id);
    }
    this.#changed();
    return "fresh";
  }

  async #ask(id) {
    if (this.#asking.has(id)) return;
    this.#asking.add(id);
    let count;
    try {
      do {
        count = this.#news.get(id);
        const room = await this.#call("GET", `rooms/${id}/`);
        if (!this.#asking.has(id)) return;
        this.#rooms.put(room);
        this.#changed();
      } while (count !== this.#news.get(id));
    } catch {
      // Gone meanwhile; or the server is, and then the whole list comes with the next welcome.
    } finally {
      this.#asking.delete(id);
    }
  }

  // A room that has left the list may still be there to ask for: hidden, not lost.
  #forget(id) {
    this.#entered.delete(id);
    this.#asking.delete(id);
  }
}
