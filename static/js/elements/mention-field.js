// Suggests people while somebody writes @name in the textarea inside; arrows choose, Enter or Tab take, Escape closes.

import { h } from "../lib/dom.js";
import { begun, completed, suggested } from "../models/mentions.js";

const people = JSON.parse(document.getElementById("mentionable")?.textContent ?? "[]");
let made = 0;

/** `data-reads` says who will read what is written; without it the form's own choice does. */
customElements.define("mention-field", class extends HTMLElement {
  #list = null;
  #found = [];
  #at = 0;
  #name = null;

  connectedCallback() {
    this.addEventListener("input", () => this.#look());
    this.addEventListener("click", ({ target }) => target === this.#text && this.#look());
    this.addEventListener("keydown", (event) => this.#pressed(event));
    this.addEventListener("focusout", () => this.#close());
  }

  get #text() {
    return this.querySelector("textarea");
  }

  #look() {
    this.#name = begun(this.#text.value, this.#text.selectionStart);
    const visibility = this.dataset.reads ?? this.#text.form.elements.visibility.value;
    this.#found = this.#name ? suggested(people, { words: this.#name.words, visibility }) : [];
    this.#at = 0;
    if (this.#found.length) this.#draw();
    else this.#close();
  }

  #pressed(event) {
    if (!this.#list || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.#at = (this.#at + step + this.#found.length) % this.#found.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.#take(this.#found[this.#at]);
    } else if (event.key === "Escape") {
      this.#close();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #take({ user }) {
    const text = this.#text;
    const next = completed(text.value, text.selectionStart, { from: this.#name.from, user });
    text.value = next.text;
    text.setSelectionRange(next.caret, next.caret);
    this.#close();
    text.dispatchEvent(new Event("input", { bubbles: true })); // it is kept as what is typed is
  }

  #draw() {
    this.#list ??= h("ul", { className: "mentions", role: "listbox", id: `mentions-${(made += 1)}`, "aria-label": gettext("People to mention") });
    const rows = this.#found.map((person, at) => h("li", {
      role: "option", id: `${this.#list.id}-${at}`, "aria-selected": String(at === this.#at),
      onmousedown: (event) => {
        event.preventDefault(); // the caret stays
        this.#take(person);
      },
    }, person.name, h("span", { className: "faint" }, `@${person.user}`)));
    this.#list.replaceChildren(...rows);
    if (!this.#list.isConnected) this.append(this.#list);
    this.#text.setAttribute("aria-autocomplete", "list");
    this.#text.setAttribute("aria-controls", this.#list.id);
    this.#text.setAttribute("aria-activedescendant", rows[this.#at].id);
  }

  #close() {
    this.#list?.remove();
    this.#list = null;
    for (const name of ["aria-controls", "aria-activedescendant"]) this.#text?.removeAttribute(name);
  }
});
