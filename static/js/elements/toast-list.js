// What happened, said for a moment in a corner: the server's messages and those of scripts.

import { icon } from "../lib/icons.js";

const SECONDS = 10; // as long as an undo is offered

/**
 * Say something in a toast and return a function that takes it back.
 *
 * `action` is `{label, run}`, such as an undo; `seconds` 0 keeps the toast until it is closed.
 */
export function toast(text, { detail = "", action = null, seconds = SECONDS } = {}) {
  const box = document.createElement("div");
  box.className = "toast";
  const sentence = document.createElement("p");
  sentence.textContent = text;
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    sentence.append(small);
  }
  box.append(sentence);
  if (action) box.append(actor(box, action));
  document.querySelector("toast-list").show(box, seconds);
  return () => box.remove();
}

function actor(box, { label, run }) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => {
    box.remove();
    run();
  });
  return button;
}

customElements.define("toast-list", class extends HTMLElement {
  connectedCallback() {
    for (const box of this.querySelectorAll(".toast")) {
      this.#prepare(box, box.dataset.level === "error" || box.dataset.level === "warning" ? 0 : SECONDS);
    }
  }

  /** Append a toast and let it go after `seconds`, unless somebody points at it or is inside it. */
  show(box, seconds) {
    this.append(box);
    this.#prepare(box, seconds);
  }

  #prepare(box, seconds) {
    const close = document.createElement("button");
    close.type = "button";
    close.className = "close";
    close.setAttribute("aria-label", gettext("Close"));
    close.append(icon("x", { size: "small" }));
    close.addEventListener("click", () => box.remove());
    box.append(close);
    if (seconds) this.#expire(box, seconds);
  }

  #expire(box, seconds) {
    setTimeout(() => {
      if (box.matches(":hover, :focus-within")) this.#expire(box, 2);
      else box.remove();
    }, seconds * 1000);
  }
});
