// The controls of a camera: what is asked beside what it does, each in words.

import { amount, written } from "../lib/amounts.js";
import { now } from "../lib/camera.js";
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { grouped } from "../lib/numbers.js";

const ICONS = {
  applied: "check", pending: "clock", late: "circle-alert", clamped: "triangle-alert", rejected: "circle-alert", unknown: "circle-dashed",
};
const PAUSE = 200; // a slider that is moved by keys is asked for once

customElements.define("camera-settings", class extends HTMLElement {
  #viewer;
  #patch = {}; // what was touched and is not asked for yet
  #timer = null;

  bind(viewer) {
    this.#viewer = viewer;
    this.addEventListener("input", ({ target }) => this.#touched(target, false));
    this.addEventListener("change", ({ target }) => this.#touched(target, true));
    this.#form?.addEventListener("submit", (event) => {
      if (!viewer.link.live) return; // the form itself goes the other way
      event.preventDefault();
      this.#send();
    });
  }

  linked({ name }) {
    if (name === "live" && Object.keys(this.#patch).length) this.#soon();
  }

  hear(what, detail) {
    if (what === "conflict") this.#conflict(detail);
    else if (what === "refused") this.#refused(detail);
    else if (what === "unsent") this.#takeBack(detail);
    this.refresh();
  }

  tick() {
    if (this.#viewer.board.waits) this.refresh();
  }

  /** Show what is asked and what is done. */
  refresh() {
    const { board, camera } = this.#viewer;
    if (!board.revision) return; // the server has said nothing yet: what it has written stands
    const at = now();
    for (const box of this.querySelectorAll("[data-setting]")) {
      const name = box.dataset.setting;
      const applied = box.querySelector("[data-applied]");
      if (applied) put(applied, amount(name, board.applied[name] ?? board.desired[name]));
      else this.#show(box, name, board.status(name, at), camera);
    }
    put(this.querySelector("[data-revision]"), String(board.revision));
    const hidden = this.#form?.elements.revision;
    if (hidden && !Object.keys(this.#patch).length) hidden.value = board.revision;
    const undo = this.querySelector('button[value="undo"]');
    if (undo && board.revision > 1) undo.disabled = false;
  }

  get #form() {
    return this.querySelector("#settings");
  }

  #touched(control, done) {
    const box = control.closest("[data-setting]");
    if (!box) return;
    const name = box.dataset.setting;
    this.#patch[name] = valueOf(control);
    this.#label(box, name, this.#patch[name]);
    box.querySelector(".error")?.remove();
    if (done) this.#soon();
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), PAUSE);
  }

  #send() {
    clearTimeout(this.#timer);
    const { desired } = this.#viewer.board;
    const wanted = Object.fromEntries(Object.entries(this.#patch).filter(([name, value]) => desired[name] !== value));
    const sent = !Object.keys(wanted).length || this.#viewer.set(wanted);
    this.toggleAttribute("data-unsent", !sent);
    if (sent) {
      this.#patch = {};
      this.#notice.hidden = true;
    }
    this.refresh();
  }

  // It is sent on the next connection.
  #takeBack(patch) {
    this.#want(patch);
    this.toggleAttribute("data-unsent", true);
  }

  // What was touched since is newer.
  #want(patch) {
    this.#patch = { ...patch, ...this.#patch };
  }

  #show(box, name, status, camera) {
    const { board } = this.#viewer;
    const control = controlOf(box);
    const wanted = this.#patch[name] ?? board.desired[name];
    if (wanted !== undefined) {
      write(control, wanted);
      this.#label(box, name, wanted);
    }
    const said = name in this.#patch && this.hasAttribute("data-unsent")
      ? { state: "pending", words: gettext("Not sent: no connection") }
      : { state: status.state, words: words(name, status, board.applied[name], camera) };
    const told = box.querySelector(".told");
    if (told.dataset.state !== said.state || told.textContent !== said.words) {
      told.replaceChildren(icon(ICONS[said.state]), h("span", {}, said.words));
      told.dataset.state = box.dataset.state = said.state;
    }
    const mark = box.querySelector(".applied > svg");
    if (mark && typeof board.applied[name] === "number") mark.setAttribute("x", `${share(control, board.applied[name])}%`);
  }

  #label(box, name, value) {
    const output = box.querySelector("output");
    if (!output) return;
    put(output, amount(name, value));
    controlOf(box).setAttribute("aria-valuetext", amount(name, value));
  }

  // Both are shown, and neither is lost.
  #conflict({ names, current, patch }) {
    const lines = names.map((name) => h("li", {}, `${this.#name(name)}: ${interpolate(
      gettext("theirs %s, yours %s"), [amount(name, current[name]), amount(name, patch[name])],
    )}`));
    const mine = h("button", { type: "button", className: "button small", onclick: () => this.#decide(patch) }, gettext("Set mine"));
    const theirs = h("button", { type: "button", className: "button small", onclick: () => this.#decide(null) }, gettext("Keep theirs"));
    this.#tell("care", gettext("Somebody else has set this meanwhile."), h("ul", {}, ...lines), h("p", { className: "buttons" }, mine, theirs));
  }

  #refused({ sentence, names }) {
    this.#tell("harm", sentence, names.length ? h("p", {}, names.map((name) => this.#name(name)).join(", ")) : "");
  }

  #decide(patch) {
    this.#notice.hidden = true;
    if (patch) {
      this.#want(patch);
      this.#send();
    }
    this.refresh();
    this.querySelector("input, select")?.focus();
  }

  #tell(level, sentence, ...more) {
    this.#notice.className = `notice ${level}`;
    this.#notice.replaceChildren(icon("triangle-alert"), h("div", {}, h("p", {}, h("b", {}, sentence)), ...more));
    this.#notice.hidden = false;
  }

  get #notice() {
    return this.querySelector("[data-notice]");
  }

  #name(name) {
    return this.querySelector(`[data-setting="${name}"]`)?.querySelector("label").firstChild.textContent.trim() || name;
  }
});

function words(name, { state, reason, since, seq, ms }, applied, camera) {
  const given = amount(name, applied);
  switch (state) {
    case "applied":
      if (ms === null || ms === undefined) return gettext("Applied");
      return interpolate(gettext("Applied at picture %s, in %s ms"), [grouped(seq), written(ms)]);
    case "clamped": {
      const gives = interpolate(gettext("Camera gives %s"), [given]);
      return reason ? `${gives}: ${reason}` : gives;
    }
    case "rejected":
      return reason ? interpolate(gettext("Refused: %s"), [reason]) : gettext("Refused");
    case "unknown":
      return gettext("No word from the camera yet");
    default:
      if (!camera?.online) return gettext("Asked. The camera is offline and takes it when it comes");
      if (state === "late") return interpolate(gettext("No answer for %s s, camera last at %s"), [written(Math.floor(since / 1000)), given]);
      return interpolate(gettext("Asked %s s ago, camera still at %s"), [written(Math.floor(since / 1000)), given]);
  }
}

function controlOf(box) {
  return box.querySelector("input:not([type=hidden], [type=number]), select");
}

function valueOf(control) {
  if (control.type === "checkbox") return control.checked;
  if (control.type === "range" || control.name === "rotation") return Number(control.value);
  return control.value;
}

function write(control, value) {
  if (control.type === "checkbox") control.checked = value;
  else if (control.value !== String(value)) control.value = value;
}

/** How far along a slider a value lies, in per cent. */
function share({ min, max }, value) {
  return Math.max(0, Math.min(100, (100 * (value - Number(min))) / (Number(max) - Number(min)))).toFixed(2);
}

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
