// The page of a camera: one viewer for its stage, its settings and its chart.

import { toast } from "./toast-list.js";
import { goOut, now, probe, socket } from "../lib/camera.js";
import { goSignIn } from "../lib/place.js";
import { abilities } from "../lib/screen.js";
import { Viewer } from "../models/viewer.js";

const TICK = 500;

customElements.define("camera-watch", class extends HTMLElement {
  #viewer = null;
  #ticking = null;

  get viewer() {
    return this.#viewer;
  }

  get stage() {
    return this.querySelector("camera-stage");
  }

  async connectedCallback() {
    const { codecs, why } = await abilities();
    const { stage } = this;
    this.#viewer = new Viewer({
      address: socket, probe, codecs, now, changed: (what, detail) => this.#changed(what, detail),
      display: (chunk) => stage.display(chunk),
    });
    stage.bind(this.#viewer, { codecs, why });
    this.#settings.bind(this.#viewer);
    this.#viewer.link.open();
    this.#ticking = setInterval(() => this.#tick(), TICK);
    this.addEventListener("submit", this, { capture: true });
    addEventListener("online", this);
    addEventListener("offline", this);
    document.addEventListener("visibilitychange", this);
  }

  disconnectedCallback() {
    clearInterval(this.#ticking);
    this.#viewer?.close();
    removeEventListener("online", this);
    removeEventListener("offline", this);
    document.removeEventListener("visibilitychange", this);
  }

  handleEvent(event) {
    if (event.type === "submit") this.#submit(event);
    else if (event.type === "offline") this.#viewer.link.doubt();
    else if (document.visibilityState === "visible") this.#viewer.link.hurry();
  }

  get #settings() {
    return this.querySelector("camera-settings");
  }

  #changed(what, detail) {
    if (!this.#viewer) return; // it is just being made
    if (what === "link") this.#linked(detail);
    else if (what === "camera") this.stage.refresh();
    else if (what === "capabilities") toast(gettext("This camera can do other things now."), { action: reload(), seconds: 0 });
    else this.#settings.hear(what, detail);
  }

  #linked(state) {
    if (state.reason === "signed_out") goSignIn();
    else if (state.reason === "withdrawn") goOut();
    this.stage.linked(state);
    this.#settings.linked(state);
  }

  #tick() {
    this.stage.tick();
    this.#settings.tick();
    this.querySelector("delay-chart").show(this.#viewer.delay, now());
  }

  // Presets, undo and recording act without leaving the picture; the socket tells what came of them.
  async #submit(event) {
    const form = event.target;
    if (form.id === "settings" || form.method !== "post") return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const menu = form.closest("details");
    event.submitter.disabled = true;
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    event.submitter.disabled = false;
    if (menu) menu.open = false;
    if (answer?.ok) return;
    const problem = await answer?.json().catch(() => null);
    toast(problem?.detail ?? gettext("The server does not answer."));
  }
});

function reload() {
  return { label: gettext("Load again"), run: () => location.reload() };
}
