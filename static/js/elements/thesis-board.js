// Cards are moved by their menu, which asks the server what is allowed now; where a step needs nothing, also by dragging.

import { toast } from "./toast-list.js";
import { announcer } from "../lib/announce.js";
import { fetched } from "../lib/morph.js";

/** What the server says of a card's steps now: a page, or null where there is none. */
async function asked(card) {
  const { page, response } = await fetched(new URL(card.dataset.moves, location.href).href);
  return response.ok ? page : null;
}

/** The forms of the steps that need nothing, by the state to which they lead. */
function plainSteps(page) {
  return new Map([...(page?.querySelectorAll("#moves form") ?? [])].map((form) => [form.elements.to.value, form]));
}

/** Why a card is not moved there by dragging, in words. */
function refusal(page, state) {
  if (page?.querySelector(`#moves a[data-to="${state}"]`)) return gettext("This step needs a word more: take it by “Move to”.");
  return page?.querySelector(`.blocked [data-to="${state}"] span`)?.textContent ?? gettext("No step leads there.");
}

customElements.define("thesis-board", class extends HTMLElement {
  #card = null;
  #page = null; // a promise of what the server says of the card that is lifted
  #steps = null; // the same once it is known

  connectedCallback() {
    this.addEventListener("toggle", this.#opened, { capture: true });
    this.addEventListener("dragstart", this.#lifted);
    this.addEventListener("dragover", this.#over);
    this.addEventListener("dragleave", this.#left);
    this.addEventListener("drop", this.#dropped);
    this.addEventListener("dragend", () => this.#putDown());
    document.addEventListener("morphed", this.#mark);
    this.#mark();
  }

  disconnectedCallback() {
    document.removeEventListener("morphed", this.#mark);
  }

  #mark = () => {
    for (const card of this.querySelectorAll("[data-moves]")) card.draggable = true;
  };

  #opened = async ({ target }) => {
    if (!target.matches("details.move[open]")) return;
    const page = await asked(target.closest("[data-moves]")).catch(() => null); // without it the link leads to the same
    const list = page?.getElementById("moves");
    if (!list) return;
    target.querySelector(".menu-list").replaceChildren(document.adoptNode(list));
    announcer.tell([...list.querySelectorAll("li")].map((item) => item.textContent.trim()).join(", "));
  };

  #lifted = (event) => {
    const card = event.target.closest?.("[data-moves]");
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.querySelector("a").textContent);
    this.#card = card;
    this.#steps = null;
    card.dataset.lifted = "";
    this.#page = asked(card).catch(() => null);
    this.#page.then((page) => {
      if (this.#card === card) this.#steps = plainSteps(page);
    });
  };

  #over = (event) => {
    const column = event.target.closest(".column");
    if (!this.#card || !column || column.contains(this.#card)) return;
    event.preventDefault();
    if (!this.#steps || this.#steps.has(column.dataset.state)) column.dataset.over = "";
  };

  #left = (event) => {
    const column = event.target.closest(".column");
    if (column && !column.contains(event.relatedTarget)) delete column.dataset.over;
  };

  #dropped = async (event) => {
    const [card, asked] = [this.#card, this.#page];
    const state = event.target.closest(".column")?.dataset.state;
    if (!card || !state) return;
    event.preventDefault();
    const page = await asked;
    const form = plainSteps(page).get(state);
    if (!form) {
      toast(refusal(page, state));
      return;
    }
    form.hidden = true;
    card.append(document.adoptNode(form));
    form.requestSubmit();
  };

  #putDown() {
    delete this.#card?.dataset.lifted;
    for (const column of this.querySelectorAll("[data-over]")) delete column.dataset.over;
    this.#card = this.#page = this.#steps = null;
  }
});
