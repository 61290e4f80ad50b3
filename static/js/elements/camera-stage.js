// The picture, what is said over it and instead of it, and what one can do with it.

import { toast } from "./toast-list.js";
import { rate, written } from "../lib/amounts.js";
import { near, now, slug } from "../lib/camera.js";
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { grouped } from "../lib/numbers.js";
import { Screen } from "../lib/screen.js";
import { Delay } from "../models/delay.js";
import { standing } from "../models/standing.js";

const ICONS = { connecting: "refresh-cw", reconnecting: "wifi-off", offline: "video-off", waiting: "clock" };
const FIGURES = "digi.figures";

customElements.define("camera-stage", class extends HTMLElement {
  #viewer;
  #screen;
  #way;
  #glass = new Delay();
  #state = { name: "", words: "" };

  /** `codecs` and `why` tell which way the pictures come. */
  bind(viewer, { codecs, why }) {
    this.#viewer = viewer;
    this.#way = { codecs, why };
    this.#screen = new Screen(this.querySelector("canvas"), {
      shown: (chunk) => viewer.shown(chunk), skipped: () => viewer.skipped(), want: () => viewer.wantKeyframe(),
      hopeless: () => this.#fallBack(),
    });
    this.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")?.dataset.act;
      if (act === "picture") event.preventDefault();
      if (act && act !== "record") this.act(act);
    });
    document.addEventListener("fullscreenchange", () => this.#press("full", Boolean(document.fullscreenElement)));
    this.#figures(localStorage.getItem(FIGURES) !== "off" && matchMedia("(width >= 45rem)").matches);
    this.refresh();
  }

  display(chunk) {
    this.#screen.take(chunk);
  }

  linked({ name }) {
    if (name === "connecting") this.#screen.restart();
    this.refresh();
  }

  /** What a key or a button asks for: pause, picture, record, figures, full. */
  act(what) {
    if (what === "pause") this.#pause(!this.#viewer.paused);
    else if (what === "picture") this.#save();
    else if (what === "record") this.querySelector('form[data-act="record"]')?.requestSubmit();
    else if (what === "figures") this.#figures(this.#stats.hidden, true);
    else if (what === "full") this.#full();
  }

  /** Time passes: figures, and the age of an old picture. */
  tick() {
    const { chunk, figures, clocks } = this.#viewer;
    const at = now();
    if (chunk && !this.#viewer.paused) {
      const glass = this.#screen.age(at + clocks.offset);
      if (glass !== null) this.#glass.add(glass, at);
      this.#write("picture", `${chunk.width} × ${chunk.height}, ${written(figures.rate(at))} fps`);
      this.#write("rate", rate(figures.bits(at)));
      const dropped = interpolate(gettext("%s of %s"), [grouped(figures.dropped), grouped(figures.dropped + figures.frames)]);
      this.#write("dropped", dropped);
      this.#write("delay", this.#delay());
    }
    this.refresh();
  }

  /** How things stand, in words. */
  refresh() {
    const { camera, link, shownAt, chunk, paused } = this.#viewer;
    const name = standing({ link: link.state, camera, shown: shownAt, noSignal: chunk?.noSignal, paused }, now());
    this.firstElementChild.dataset.state = name;
    this.#say(name, this.#words(name));
    this.#recorded(Boolean(camera?.recording));
    const watching = camera?.viewers ?? 0;
    const words = interpolate(ngettext("%s watching", "%s watching", watching), [watching]);
    const page = this.closest("camera-watch");
    put(page.querySelector("[data-watching]"), watching ? `${words} ·` : "");
    put(page.querySelector("[data-path]"), this.#path());
  }

  get #stats() {
    return this.querySelector(".stats");
  }

  #words(name) {
    const { camera, link, shownAt } = this.#viewer;
    switch (name) {
      case "connecting": return [gettext("Connecting")];
      case "reconnecting":
        if (link.state.code === 4409) return [gettext("Too many windows show cameras. Close one of them.")];
        return [interpolate(gettext("No connection since %s"), [near(link.state.since)]), gettext("It is tried again by itself.")];
      case "offline": {
        const since = camera.since ? interpolate(gettext("Offline since %s"), [near(camera.since)]) : gettext("Offline");
        return [since, why(camera.reason)];
      }
      case "waiting": return [gettext("Waiting for the first picture")];
      case "nosignal": return [gettext("No signal")];
      case "paused": return [gettext("Paused")];
      case "old": return [interpolate(gettext("Picture %s s old"), [written((now() - shownAt) / 1000)])];
      default: return [gettext("Live")];
    }
  }

  // A sentence where no picture is, a word over one.
  #say(name, [words, more = ""]) {
    if (this.#state.name === name && this.#state.words === words + more) return;
    const instead = name in ICONS;
    const said = this.querySelector(".stage-said");
    const live = this.querySelector("[data-live]");
    said.hidden = !instead;
    live.hidden = instead;
    if (instead) said.replaceChildren(icon(ICONS[name]), h("p", {}, words), more ? h("p", { className: "soft" }, more) : "");
    live.querySelector(".dot").hidden = name !== "live";
    live.lastElementChild.textContent = words;
    if (this.#state.name !== name) put(this.querySelector("[data-standing]"), `${words}${more ? `. ${more}` : ""}`);
    this.#state = { name, words: words + more };
  }

  #path() {
    const { codecs, why: reason } = this.#way;
    if (codecs[0] === "h264") return gettext("H.264 by WebCodecs");
    const because = {
      missing: gettext("this browser has no WebCodecs"),
      insecure: gettext("over plain http a browser has no WebCodecs; https brings moving video"),
      unsupported: gettext("this browser decodes no H.264"),
      faults: gettext("this browser’s decoder has failed"),
    }[reason];
    return interpolate(gettext("Single pictures (JPEG): %s"), [because]);
  }

  #delay() {
    const [glass, middle] = [this.#glass.quantile(0.5), this.#viewer.delay.quantile(0.5)];
    const delay = glass ?? middle;
    return delay === null ? "–" : `${written(Math.max(0, delay))} ms`;
  }

  #fallBack() {
    this.#way = { codecs: ["jpeg"], why: "faults" };
    this.#viewer.offer(["jpeg"]);
  }

  #pause(paused) {
    this.#viewer.pause(paused);
    this.#press("pause", paused);
    this.refresh();
  }

  async #save() {
    const canvas = this.querySelector("canvas");
    if (!this.#viewer.chunk) {
      toast(gettext("There is no picture yet."));
      return;
    }
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
    const link = h("a", { href: URL.createObjectURL(blob), download: `${slug}-${stamp}.png` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  #full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.firstElementChild.requestFullscreen?.().catch(() => {}); // a browser may refuse, and nothing changes
  }

  #figures(shown, chosen = false) {
    this.#stats.hidden = !shown;
    this.#press("figures", shown);
    if (chosen) localStorage.setItem(FIGURES, shown ? "on" : "off");
  }

  #recorded(recording) {
    this.querySelector("[data-recording]").hidden = !recording;
    const form = this.querySelector('form[data-act="record"]');
    if (!form) return;
    form.elements.act.value = recording ? "stop" : "start";
    form.querySelector("button").setAttribute("aria-pressed", String(recording));
  }

  #press(act, pressed) {
    this.querySelector(`[data-act="${act}"]`).setAttribute("aria-pressed", String(pressed));
  }

  #write(figure, words) {
    put(this.querySelector(`[data-figure="${figure}"]`), words);
  }
});

function why(code) {
  const known = {
    never: gettext("No agent has ever come for this camera."),
    gone: gettext("Its agent has ended, or has lost its way here."),
    lost: gettext("Its agent is no longer heard of."),
  };
  return known[code] ?? code;
}

function put(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}
