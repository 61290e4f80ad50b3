// Under a pointer, or by the arrow keys, every chart of the page says what it was at that moment, in place of the last.

import { middleOf, partAt, partBy } from "../models/probe.js";

const SVG = "http://www.w3.org/2000/svg";

/** `data-times` names the parts of the time axis; each plot's `data-words` says what each series was in them. */
customElements.define("measured-charts", class extends HTMLElement {
  #at = null;
  #morphed = () => this.#draw();

  connectedCallback() {
    this.addEventListener("pointermove", (event) => this.#point(event));
    this.addEventListener("pointerdown", (event) => this.#point(event));
    this.addEventListener("pointerleave", () => this.#go(null));
    this.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("morphed", this.#morphed);
    this.#draw();
  }

  disconnectedCallback() {
    document.removeEventListener("morphed", this.#morphed);
  }

  get #times() {
    return JSON.parse(this.dataset.times);
  }

  #point({ target, clientX }) {
    const plot = target.closest(".plot-box");
    if (!plot) return this.#go(null);
    const { left, width } = plot.getBoundingClientRect();
    return this.#go(partAt(clientX - left, width, this.#times.length));
  }

  #key(event) {
    const plot = event.target.closest(".plot-box");
    if (!plot || event.altKey || event.ctrlKey || event.metaKey) return;
    const part = partBy(event.key, this.#at, this.#times.length);
    if (part === undefined) return;
    event.preventDefault();
    this.#go(part);
    document.getElementById("announcer").textContent = part === null ? "" : this.#said(plot, part);
  }

  #go(part) {
    if (part === this.#at) return;
    this.#at = part;
    this.#draw();
  }

  #said(plot, part) {
    const names = plot.parentElement.querySelectorAll(".sums tbody th");
    const words = JSON.parse(plot.dataset.words)[part];
    return `${this.#times[part]}: ${words.map((word, n) => `${names[n].textContent.trim()} ${word}`).join(", ")}`;
  }

  /** Also after the page was renewed, which knows nothing of marks. */
  #draw() {
    const times = this.#times;
    for (const plot of this.querySelectorAll(".plot-box")) {
      plot.tabIndex = 0;
      plot.querySelector(".mark")?.remove();
      const then = this.#at === null ? [] : [times[this.#at], ...JSON.parse(plot.dataset.words)[this.#at]];
      for (const [n, cell] of plot.parentElement.querySelectorAll(".sums [data-own]").entries()) {
        cell.textContent = then[n] ?? cell.dataset.own;
        cell.classList.toggle("then", n in then);
      }
      if (this.#at !== null) plot.querySelector(".plot").append(mark(middleOf(this.#at, times.length)));
    }
  }
});

function mark(x) {
  const line = document.createElementNS(SVG, "line");
  for (const [name, value] of Object.entries({ class: "mark", x1: x, x2: x, y1: 16, y2: 116 })) line.setAttribute(name, value);
  return line;
}
