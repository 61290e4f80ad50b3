// Loaded before the tests: gives Node 18 what later releases have, a clock to turn and WebCrypto as a global.

import { webcrypto } from "node:crypto";
import { mock } from "node:test";

globalThis.crypto ??= webcrypto;

// Of the browser's parser the tests need what an entity means; that the real one agrees is shown in Chromium.
const NAMED = { amp: "&", copy: "©", gt: ">", lt: "<", nbsp: "\u00a0", quot: '"' };
globalThis.DOMParser ??= class {
  parseFromString(text) {
    const decoded = text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
      name ? (NAMED[name] ?? whole) : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)));
    return { body: { textContent: decoded } };
  }
};

/** The part of `mock.timers` that the tests use, with the options of Node 20.11 and later. */
class Clock {
  #real = {};
  #now = 0;
  #timers = new Map();
  #last = 0;

  enable({ apis, now = 0 }) {
    this.#now = now;
    const mocked = { setTimeout: ["setTimeout", "clearTimeout"], setInterval: ["setInterval", "clearInterval"], Date: ["Date"] };
    for (const name of apis.flatMap((api) => mocked[api])) {
      this.#real[name] = globalThis[name];
      globalThis[name] = this.#mocks()[name];
    }
  }

  tick(milliseconds) {
    const end = this.#now + milliseconds;
    for (;;) {
      const [next] = [...this.#timers.entries()].filter(([, timer]) => timer.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b);
      if (!next) break;

      const [id, timer] = next;
      this.#now = timer.at;
      if (timer.every) timer.at += timer.every;
      else this.#timers.delete(id);
      timer.call();
    }
    this.#now = end;
  }

  reset() {
    Object.assign(globalThis, this.#real);
    this.#real = {};
    this.#timers.clear();
  }

  #mocks() {
    const clock = this;
    const start = (repeated) => (callback, delay = 0, ...values) => {
      const wait = Math.max(1, delay);
      this.#timers.set(++this.#last, { at: this.#now + wait, every: repeated ? wait : 0, call: () => callback(...values) });
      return this.#last;
    };
    const stop = (id) => this.#timers.delete(id);
    const Mocked = class extends Date {
      constructor(...parts) {
        super(...(parts.length ? parts : [clock.#now]));
      }

      static now() {
        return clock.#now;
      }
    };
    return { setTimeout: start(false), clearTimeout: stop, setInterval: start(true), clearInterval: stop, Date: Mocked };
  }
}

try {
  mock.timers.enable({ apis: ["Date"] });
  mock.timers.reset();
} catch {
  Object.defineProperty(mock, "timers", { value: new Clock() });
}
