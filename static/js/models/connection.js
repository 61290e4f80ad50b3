import { Backoff } from "./backoff.js";

const WELCOME_WITHIN = 10_000;
const SILENCE = 2.5; // heartbeats
const PATIENCE = { 4400: 10_000, 4409: 30_000, 4413: 5000, 4429: 30_000 }; // milliseconds, by close codes

/** A socket that is opened again for as long as it makes sense.
 *
 * Its state: `{name: "connecting" | "live" | "waiting" | "ended", since, code, retryAt, reason}`. `address()` gives the
 * URL, `begin()` runs when it is open, `hear(data, first)` takes what arrives, `changed(state)` hears of states. What
 * the server's close codes 4401 and 4403 mean for this page stands in `ends`. `probe()` is asked why the server lets
 * nobody in: one of these meanings ends it, anything else is tried again.
 */
export class Connection {
  #to;
  #socket = null;
  #state = { name: "connecting", since: Date.now() };
  #backoff;
  #timer = null;
  #silence = null;
  #patience = 0; // milliseconds
  #unwelcome = 0;

  constructor({ most, ...to }) {
    this.#to = { protocol: [], binary: false, begin: () => {}, probe: async () => "unreachable", ...to };
    this.#to.ends ??= { 4401: "signed_out", 4403: "removed" };
    this.#backoff = new Backoff({ most });
    this.#patience = 25_000 * SILENCE;
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
    const socket = new WebSocket(this.#to.address(), this.#to.protocol);
    let first = true;
    this.#socket = socket;
    if (this.#to.binary) socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#socket === socket && this.#to.begin();
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      this.#listen();
      this.#to.hear(data, first);
      first = false;
    };
    this.#timer = setTimeout(() => this.#lost(1006), WELCOME_WITHIN);
  }

  /** The server has said hello: it lets us in, and is silent for no longer than two and a half heartbeats, which are
   * given in milliseconds. */
  welcome(heartbeat) {
    clearTimeout(this.#timer);
    this.#patience = Math.max(5000, heartbeat * SILENCE);
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

  /** Give this socket up and try another after a moment. */
  renew() {
    this.#lost(1006);
  }

  send(data) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
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
    const reason = this.#to.ends[code];
    if (reason) {
      this.#enter({ name: "ended", reason, code });
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
      if (Object.values(this.#to.ends).includes(reason)) {
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
