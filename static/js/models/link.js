import { Backoff } from "./backoff.js";

const WELCOME_WITHIN = 10_000;
const SILENCE = 2.5; // heartbeats

/** What the server's close codes mean for this page: the end, or a longer wait than usual (milliseconds). */
const ENDS = { 4401: "signed_out", 4403: "removed" };
const REASONS = new Set(Object.values(ENDS));
const PATIENCE = { 4400: 10_000, 4409: 30_000, 4413: 5000, 4429: 30_000 };

/** The connection went away before the answer came. */
export class Lost extends Error {}

/** One socket that is opened again for as long as it makes sense.
 *
 * Its state: `{name: "connecting" | "live" | "waiting" | "ended", since, code, retryAt, reason}`.
 */
export class Link {
  #address;
  #hear;
  #changed;
  #probe;
  #socket = null;
  #state = { name: "connecting", since: Date.now() };
  #backoff = new Backoff();
  #timer = null;
  #silence = null;
  #heartbeat = 25;
  #unwelcome = 0;

  /** `address()` gives the URL, `hear(frame)` takes frames, `changed(state)` hears of states. `probe()` is asked
   * why the server lets nobody in: "signed_out" or "removed" end it, anything else is tried again. */
  constructor({ address, hear, changed, probe = async () => "unreachable" }) {
    this.#address = address;
    this.#hear = hear;
    this.#changed = changed;
    this.#probe = probe;
  }

  get state() {
    return this.#state;
  }

  get live() {
    return this.#state.name === "live";
  }

  get socket() {
    return this.#socket;
  }

  open() {
    this.#drop();
    this.#enter({ name: "connecting" });
    const socket = new WebSocket(this.#address(), "digi.v2");
    this.#socket = socket;
    socket.onmessage = (event) => this.#socket === socket && this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#socket === socket && this.#lost(event.code);
    this.#timer = setTimeout(() => this.#lost(1006), WELCOME_WITHIN);
  }

  /** Try now instead of when the wait is over. */
  hurry() {
    if (this.#state.name === "waiting") this.open();
  }

  /** The network is gone: the socket may not have noticed. */
  doubt() {
    if (this.live) this.#lost(1006);
  }

  /** Give this connection up and try another after a moment. */
  renew() {
    this.#lost(1006);
  }

  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  close(reason = "closed") {
    this.#drop();
    this.#enter({ name: "ended", reason });
  }

  #receive(frame) {
    if (frame.type === "welcome") {
      clearTimeout(this.#timer);
      this.#heartbeat = frame.heartbeat;
      this.#unwelcome = 0;
      this.#backoff.reset();
    }
    this.#listen();
    this.#hear(frame);
    if (frame.type === "welcome") this.#enter({ name: "live" });
  }

  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(1006), this.#heartbeat * SILENCE * 1000);
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
      const reason = await this.#probe();
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
    this.#changed(this.#state);
  }
}
