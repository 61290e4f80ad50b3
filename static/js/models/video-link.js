import { Backoff } from "./backoff.js";

const WELCOME_WITHIN = 10_000;
const ENDS = { 4401: "signed_out", 4403: "withdrawn" };
const REASONS = new Set(Object.values(ENDS));
const PATIENCE = { 4400: 10_000, 4409: 30_000, 4413: 10_000, 4429: 30_000 };

/** A binary socket that is opened again for as long as it makes sense.
 *
 * Its state: `{name: "connecting" | "live" | "waiting" | "ended", since, code, retryAt, reason}`. `address()` gives the
 * URL, `begin()` runs when it is open, `hear(bytes, first)` takes frames, `changed(state)` hears of states. `probe()`
 * is asked why the server lets nobody in: "signed_out" or "withdrawn" end it, anything else is tried again.
 */
export class VideoLink {
  #to;
  #socket = null;
  #state = { name: "connecting", since: Date.now() };
  #backoff = new Backoff({ most: 10_000 });
  #timer = null;
  #silence = null;
  #patience = 20_000;
  #unwelcome = 0;

  constructor({ probe = async () => "unreachable", ...to }) {
    this.#to = { probe, ...to };
  }

  get state() {
    return this.#state;
  }

  get live() {
    return this.#state.name === "live";
  }

  open() {
    this.#drop();
    this.#enter({ name: "connecting" });
    const socket = new WebSocket(this.#to.address(), "camera.v1");
    let first = true;
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#socket === socket && this.#to.begin();
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      this.#listen();
      this.#to.hear(new Uint8Array(data), first);
      first = false;
    };
    this.#timer = setTimeout(() => this.#lost(1006), WELCOME_WITHIN);
  }

  /** The server has said hello: it lets us in, and is silent for no longer than two and a half heartbeats. */
  welcome(heartbeat) {
    clearTimeout(this.#timer);
    this.#patience = Math.max(5000, heartbeat * 2.5);
    this.#unwelcome = 0;
    this.#backoff.reset();
    this.#listen();
    this.#enter({ name: "live" });
  }

  /** Try now instead of when the wait is over. */
  hurry() {
    if (this.#state.name === "waiting") this.open();
  }

  /** The network is gone: the socket may not have noticed. */
  doubt() {
    if (this.live) this.#lost(1006);
  }

  send(bytes) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(bytes);
    return true;
  }

  close(reason = "closed") {
    this.#drop();
    this.#enter({ name: "ended", reason });
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(1006), this.#patience);
  }

  #lost(code) {
    const welcomed = this.live;
    this.#drop();
    if (ENDS[code]) {
      this.#enter({ name: "ended", reason: ENDS[code], code });
      return;
    }

    const wait = Math.max(this.#backoff.next(), PATIENCE[code] ?? 0);
    this.#enter({ name: "waiting", code, retryAt: Date.now() + wait });
    this.#unwelcome = welcomed ? 0 : this.#unwelcome + 1;
    this.#timer = setTimeout(() => this.#again(), wait);
  }

  // A refused handshake looks like a dead server to a page, so after two of them something else has to tell.
  async #again() {
    if (this.#unwelcome >= 2) {
      const reason = await this.#to.probe();
      if (this.#state.name !== "waiting") return;
      if (REASONS.has(reason)) {
        this.close(reason);
        return;
      }
    }
    this.open();
  }

  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  #enter(state) {
    this.#state = { since: Date.now(), ...state };
    this.#to.changed(this.#state);
  }
}
