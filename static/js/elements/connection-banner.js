import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { clock } from "../lib/place.js";

const QUIET = 1500; // a gap this short is nobody's business
const BACK = 6000;

/** Says that the connection is gone, that it is tried again, and that it is back. Event: `hurry`. */
customElements.define("connection-banner", class extends HTMLElement {
  #since = null;
  #timer = null;
  #state = null;

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  /** Follow a link's state. */
  follow(state) {
    this.#state = state;
    if (state.name === "live" || state.name === "ended") return;
    this.#since ??= Date.now();
    if (!this.hidden && !this.classList.contains("good")) this.#lost();
    else this.#after(QUIET - (Date.now() - this.#since), () => this.#lost());
  }

  /** Everything is here again; `waiting` is what still has to be sent. Call it again when that has changed. */
  back(waiting) {
    if (this.#since === null) return;
    clearTimeout(this.#timer);
    if (this.hidden) {
      this.#since = null;
      return;
    }
    const sent = waiting
      ? interpolate(ngettext("%s message is being sent.", "%s messages are being sent.", waiting), [waiting])
      : gettext("Nothing was missed.");
    this.classList.add("good");
    this.#say("check", `${interpolate(gettext("Connected again at %s."), [clock(Date.now())])} ${sent}`);
    if (waiting) return;
    this.#since = null;
    this.#after(BACK, () => (this.hidden = true));
  }

  #lost() {
    const { code, name, retryAt } = this.#state;
    this.classList.remove("good");
    const now = h("button", { type: "button", className: "button small", onclick: () => this.#hurry() }, gettext("Try now"));
    if (code === 4409) this.#say("triangle-alert", gettext("Digi is open in too many windows. Close one of them."), now);
    else if (code === 4429) this.#say("triangle-alert", interpolate(gettext("That was too fast for the server. It goes on at %s."), [clock(retryAt)]));
    else if (code === 4400) this.#say("triangle-alert", gettext("This page and the server do not understand each other. Load the page again."), reload());
    else if (name === "connecting") this.#say("refresh-cw", this.#kept(gettext("Trying again.")));
    else this.#say("wifi-off", this.#kept(interpolate(gettext("No connection since %s."), [clock(this.#since)])), now);
  }

  #kept(sentence) {
    return `${sentence} ${gettext("What you write is kept on this device and sent when it is back.")}`;
  }

  #say(name, words, button = null) {
    const sentence = h("span", {}, words);
    this.hidden = false;
    if (this.querySelector("span")?.textContent === words) return;
    this.replaceChildren(...[icon(name), sentence, button].filter(Boolean));
  }

  #hurry() {
    this.dispatchEvent(new CustomEvent("hurry", { bubbles: true }));
  }

  #after(wait, work) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, Math.max(0, wait));
  }
});

function reload() {
  return h("button", { type: "button", className: "button small", onclick: () => location.reload() }, gettext("Load again"));
}
