import { announcer } from "../lib/announce.js";
import { h } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { grouped } from "../lib/numbers.js";
import { LIMIT, measure } from "../models/length.js";
import { TypingSignal } from "../models/typing.js";
import { quote } from "./message-parts.js";

const finger = matchMedia("(pointer: coarse)");

/** Where one writes: a new message, a reply, or other words for a message of one's own.
 *
 * Events: `post` ({text, replyTo}), `alter` ({text, message, rev}), `draft` ({text}), `typing`, `editlast`.
 * Without a script the form inside posts to the room's page.
 */
customElements.define("message-composer", class extends HTMLElement {
  #form = this.querySelector("form");
  #area = this.querySelector("textarea");
  #about = this.querySelector(".replying");
  #said = this.querySelector(".said");
  #kept = this.querySelector(".kept");
  #left = h("output", { className: "left", hidden: true });
  #signal = new TypingSignal();
  #reply = null; // the message replied to
  #editing = null; // {message, rev} that is being changed
  #set = ""; // the draft that waits while a message is being changed
  #warned = null;

  connectedCallback() {
    this.#form.querySelector("button[type=submit]").before(this.#left);
    this.#form.addEventListener("submit", this);
    this.#area.addEventListener("keydown", this);
    this.#area.addEventListener("input", this);
    this.#area.value = this.#area.value.trimEnd() && this.#area.value;
    this.#measure();
  }

  handleEvent(event) {
    if (event.type === "submit") this.#submit(event);
    else if (event.type === "keydown") this.#keyed(event);
    else this.#written();
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    this.#area.value = text;
    this.#measure();
  }

  focus() {
    this.#area.focus();
  }

  /** Say where the draft is kept. */
  set kept(words) {
    this.#kept.textContent = words;
  }

  /** Nothing is written while a message is changed, so what is in the field is no draft. */
  get isDraft() {
    return this.#editing === null;
  }

  reply(message, name) {
    if (this.#editing) this.cancel();
    this.#reply = message;
    this.#explain(quote(message, name), gettext("Do not reply"));
    this.focus();
  }

  /** Change a message's text; `rev` is the revision it stands on, `text` what to begin with. */
  edit(message, rev, text = message.message) {
    if (this.#editing === null) this.#set = this.text;
    this.#reply = null;
    this.#editing = { message, rev };
    this.text = text;
    const heading = h("span", { className: "quote" }, h("b", {}, gettext("Change your message")));
    this.#explain(heading, gettext("Do not change it"));
    this.focus();
    this.#area.setSelectionRange(text.length, text.length);
  }

  /** Back to writing a new message. */
  cancel() {
    if (this.#editing) this.text = this.#set;
    this.#reply = null;
    this.#editing = null;
    this.#about.hidden = true;
    this.#complain("");
    this.focus();
  }

  get busy() {
    return Boolean(this.#reply || this.#editing);
  }

  /** Say what is wrong; the text stays. */
  #complain(words) {
    this.#said.textContent = words;
    this.#said.hidden = !words;
    this.#area.toggleAttribute("aria-invalid", Boolean(words));
    if (words) {
      this.#area.setAttribute("aria-invalid", "true");
      this.#area.setAttribute("aria-describedby", this.#said.id);
    }
  }

  complain(words) {
    this.#complain(words);
  }

  #explain(what, cancel) {
    const button = h("button", {
      type: "button", className: "button quiet square small", "aria-label": cancel, onclick: () => this.cancel(),
    }, icon("x", { size: "small" }));
    if (what.matches("a")) what.dataset.act = "";
    this.#about.replaceChildren(what, button);
    this.#about.hidden = false;
  }

  #submit(event) {
    event.preventDefault();
    const text = this.text;
    if (!text.trim()) {
      if (this.#editing) this.#complain(gettext("A message needs some text. To take it back, delete it."));
      return;
    }
    const { over, length } = measure(text);
    if (over) {
      const counts = { length: grouped(length), limit: grouped(LIMIT) };
      this.#complain(interpolate(gettext("Not sent: %(length)s characters, and a message holds %(limit)s. Your text is still here."), counts, true));
      return;
    }

    const { message, rev } = this.#editing ?? {};
    const replyTo = this.#reply?.message_id ?? null;
    if (message) {
      this.cancel();
      this.#say("alter", { text, message, rev });
    } else {
      this.text = "";
      this.cancel();
      this.#signal.reset();
      this.#say("post", { text, replyTo });
    }
  }

  #keyed(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !finger.matches) {
      event.preventDefault();
      this.#form.requestSubmit();
    } else if (event.key === "Escape" && this.busy) {
      event.preventDefault();
      this.cancel();
    } else if (event.key === "ArrowUp" && !event.altKey && !this.text && !this.busy) {
      event.preventDefault();
      this.#say("editlast");
    }
  }

  #written() {
    this.#measure();
    if (!this.#said.hidden && !measure(this.text).over) this.#complain("");
    if (!this.isDraft) return;
    this.#say("draft", { text: this.text });
    if (this.text.trim() && this.#signal.due()) this.#say("typing");
  }

  #measure() {
    const { left, over } = measure(this.text);
    this.#left.hidden = left === null;
    this.#left.toggleAttribute("data-over", over);
    this.#left.textContent = left === null ? "" : grouped(left);
    const warning = left === null ? null : over ? "over" : left <= 100 ? "100" : "500";
    if (warning !== null && warning !== this.#warned) {
      announcer.tell(interpolate(over ? gettext("%s characters too many") : gettext("%s characters left"), [grouped(Math.abs(left))]));
    }
    this.#warned = warning;
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true }));
  }
});
