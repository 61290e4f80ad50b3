// Keeps a page of a thesis as the server would draw it now, says who else is here, and leads out whoever may not stay.

import { goSignIn, socketAt } from "../lib/place.js";
import { renew } from "../lib/morph.js";
import { Concerns } from "../models/concerns.js";
import { Link } from "../models/link.js";

const TOGETHER = 120; // milliseconds in which what happens is fetched at once

/** `data-socket`, `data-n` and `data-stream` say where to listen and what the page holds already; `data-out` is where
 * somebody goes who may no longer read it. */
customElements.define("thesis-live", class extends HTMLElement {
  #concerns = new Concerns();
  #here = new Set();
  #n = Number(this.dataset.n);
  #timer = null;
  #renewing = false;
  #morphed = () => this.#showPresence();
  #link = new Link({
    address: () => socketAt(this.dataset.socket), protocol: [],
    begin: () => this.#link.send({ type: "hello", v: 1, since: this.#n, stream: this.dataset.stream }),
    hear: (frame) => this.#heard(frame), changed: (state) => this.#stateChanged(state),
    ends: { 4401: "signed_out", 4403: "withdrawn" }, probe: () => renew(() => false),
  });

  connectedCallback() {
    addEventListener("online", () => this.#link.hurry());
    addEventListener("offline", () => this.#link.doubt());
    document.addEventListener("visibilitychange", () => document.hidden || this.#link.hurry());
    document.addEventListener("morphed", this.#morphed);
    this.querySelector("connection-banner")?.addEventListener("hurry", () => this.#link.hurry());
    this.#link.open();
  }

  disconnectedCallback() {
    document.removeEventListener("morphed", this.#morphed);
    this.#link.close();
  }

  #heard(frame) {
    if (frame.type === "welcome") {
      if (frame.refetch) {
        this.#concerns.everything();
        this.#n = frame.n;
        this.dataset.stream = frame.stream;
      }
      this.#here = new Set(frame.present);
      this.#showPresence();
    } else if (frame.type === "presence.joined" || frame.type === "presence.left") {
      this.#here[frame.type === "presence.joined" ? "add" : "delete"](frame.user);
      this.#showPresence();
    } else if (frame.id && frame.n > this.#n) {
      this.#n = frame.n;
      this.#concerns.heard(frame.type);
    }
    if (this.#concerns.any) this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#renew(), TOGETHER);
  }

  async #renew() {
    if (this.#renewing) {
      this.#soon();
      return;
    }
    this.#renewing = true;
    const concerned = this.#concerns.take();
    const outcome = await renew((element) => concerned(element.dataset.live));
    this.#renewing = false;
    if (outcome === "unreachable" || outcome === "late") {
      this.#concerns.giveBack();
      this.#timer = setTimeout(() => this.#renew(), outcome === "late" ? TOGETHER : 3000);
    } else if (outcome !== "fresh") {
      this.#end(outcome);
    }
  }

  #stateChanged(state) {
    const banner = this.querySelector("connection-banner");
    banner?.follow(state);
    if (state.name === "live") banner?.back(0);
    if (state.name === "ended") this.#end(state.reason);
  }

  #end(reason) {
    if (reason === "signed_out") goSignIn();
    else if (reason === "withdrawn") location.assign(this.dataset.out);
  }

  /** People of the thesis stand on the page with `data-person`; those who are here get a dot and a word. */
  #showPresence() {
    for (const element of document.querySelectorAll("[data-person]")) {
      const here = this.#here.has(element.dataset.person);
      for (const mark of element.querySelectorAll("[data-here]")) mark.hidden = !here;
    }
    const words = document.querySelector("[data-here-words]");
    if (words) words.hidden = !words.parentElement.querySelector("[data-here]:not([hidden])");
  }
});
