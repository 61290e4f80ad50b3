// Forms that stay on their page: sent once however often one clicks, kept through errors and lost connections. Without
// this they are sent as forms are.
//
// `<form data-stay>` posts and renews the page; with `data-keep` what is typed outlives the page until it is sent.
// `<form data-find="id" method="get">` asks as one types, and the element of that id becomes the answer.

import { KeptForms, fieldsOf } from "../models/kept-forms.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { become, fetched, overtake, sayAll } from "./morph.js";
import { doorTo } from "./place.js";

const PAUSE = 250; // milliseconds after the last key
const person = document.querySelector('meta[name="person"]')?.content ?? "";
const kept = new KeptForms({ storage: localStorage, user: person });
const timers = new WeakMap(); // of forms that are asked a moment after the last key
const turns = new WeakMap(); // of forms: only the last question's answer counts
const busy = new WeakSet(); // forms on their way

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-stay], [data-find]")) return;
  event.preventDefault();
  if (form.dataset.find) find(form);
  else if (!busy.has(form)) send(form, event.submitter);
}, { capture: true });

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (form?.dataset.find) later(form);
  if (!form?.matches("[data-stay]") || target.type === "file") return;
  form.dataset.dirty = "";
  if (form.matches("[data-keep]")) kept.keep(named(form), fieldsOf(form));
});

document.addEventListener("change", ({ target }) => {
  if (target.form?.dataset.find && target.matches("select, [type=checkbox], [type=radio], [type=date]")) find(target.form);
});

for (const form of document.querySelectorAll("form[data-keep]")) restore(form);
for (const form of document.querySelectorAll("form[data-find]")) { // somebody may have typed before this was here
  if ([...form.elements].some((field) => field.defaultValue !== undefined && field.value !== field.defaultValue && field.type === "search")) find(form);
}

async function send(form, submitter) {
  const body = new FormData(form, submitter);
  busy.add(form);
  form.dataset.sending = ""; // as long as it is, it stays as it is
  submitter?.setAttribute("aria-busy", "true");
  unsay(form);
  try {
    await answered(form, await posted(addressOf(form, submitter), body));
  } finally {
    busy.delete(form);
    delete form.dataset.sending;
    submitter?.removeAttribute("aria-busy");
  }
}

/** The answer, or null where none has come. */
async function posted(address, body) {
  try {
    return await fetched(address, { method: "POST", body, headers: { Accept: "text/html", "X-Digi-Stay": "1" } });
  } catch {
    return null;
  }
}

/** Where a form goes. Its own properties may be fields of that name. */
function addressOf(form, submitter) {
  return new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href).href;
}

async function answered(form, answer) {
  delete form.dataset.sending;
  if (!answer) {
    say(form, gettext("Not sent: the server does not answer. What you typed is kept; send it again in a moment."));
    return;
  }
  const { page, response } = answer;
  const place = response.headers.get("X-Digi-Place");
  const id = form.getAttribute("id");
  if (place) {
    await done(form, new URL(place, location.href));
  } else if (response.redirected) {
    const door = h("a", { href: doorTo() }, gettext("Sign in"));
    say(form, gettext("Not sent: you are signed out. What you typed is kept."), door);
  } else if (id && page.getElementById(id)) {
    refused(form, page);
  } else {
    const sentence = page.querySelector("[data-sentence]")?.textContent.trim();
    say(form, sentence || gettext("The server could not do this. What you typed is kept."));
  }
}

// The answer holds what was typed, and says what is wrong with it.
function refused(form, page) {
  const id = form.getAttribute("id");
  delete form.dataset.dirty;
  overtake();
  become(document.getElementById("main"), page);
  const again = document.getElementById(id);
  if (!again) return;
  again.dataset.dirty = "";
  if (again.matches("[data-keep]")) kept.keep(named(again), fieldsOf(again));
  (again.querySelector('[aria-invalid="true"]') ?? again.querySelector("[data-refusal]"))?.focus();
}

// It is done: the form is a fresh one again, and the page what it has become.
async function done(form, there) {
  kept.forget(named(form));
  delete form.dataset.dirty;
  if (there.pathname + there.search !== location.pathname + location.search) {
    location.assign(there);
    return;
  }
  form.reset();
  form.closest("dialog[open]")?.close();
  form.closest("details[data-shuts]")?.removeAttribute("open");
  overtake();
  let answer;
  try {
    answer = await fetched(there.href);
  } catch {
    say(form, gettext("Done. The page is renewed as soon as the server answers again."), null, "good");
    return;
  }
  if (!answer.response.ok || new URL(answer.response.url).pathname !== there.pathname) {
    location.assign(there);
    return;
  }
  become(document.getElementById("main"), answer.page);
  sayAll(answer.page);
  if (there.hash) document.getElementById(there.hash.slice(1))?.focus();
  else if (document.activeElement === document.body) begin(document.querySelector("#main h1"));
}

// Where what had the focus is gone, the keyboard goes on from the top of the page.
function begin(heading) {
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function say(form, sentence, link = null, level = "harm") {
  const sign = icon(level === "harm" ? "circle-alert" : "circle-check");
  const box = h("div", { className: `notice ${level}`, role: level === "harm" ? "alert" : "status" },
    sign, h("p", {}, sentence), link);
  box.dataset.said = "";
  form.append(box);
}

function unsay(form) {
  form.querySelector("[data-said]")?.remove();
}

function named(form) {
  return `${location.pathname}#${form.getAttribute("id")}`;
}

function restore(form) {
  const fields = kept.of(named(form));
  if (!fields || form.querySelector('[aria-invalid="true"], [data-refusal]')) return;
  const values = new Map(fields);
  for (const field of form.elements) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = fields.some(([name, value]) => name === field.name && value === field.value);
    else if (values.has(field.name)) field.value = values.get(field.name);
  }
  form.dataset.dirty = "";
  const discard = h("button", { type: "button", className: "button quiet small", onclick: () => forget(form) }, gettext("Discard"));
  const note = h("p", { className: "hint" }, `${gettext("You wrote this here earlier and have not sent it.")} `, discard);
  note.dataset.said = "";
  form.prepend(note);
}

/** What was typed is given up: the form is what the server would draw now. */
async function forget(form) {
  kept.forget(named(form));
  unsay(form);
  form.reset();
  delete form.dataset.dirty;
  try {
    become(form, (await fetched()).page);
  } catch {
    // Then it is what it was when the page came.
  }
}

function later(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => find(form), PAUSE));
}

async function find(form) {
  clearTimeout(timers.get(form));
  const turn = (turns.get(form) ?? 0) + 1;
  turns.set(form, turn);
  const address = new URL(form.getAttribute("action") ?? "", location.href);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
  try {
    const { page, response } = await fetched(address.href);
    if (turns.get(form) !== turn || !response.ok) return;
    if (response.redirected && new URL(response.url).pathname !== address.pathname) {
      location.assign(response.url); // signed out meanwhile
      return;
    }
    become(document.getElementById(form.dataset.find), page);
    history.replaceState(null, "", address);
    tell(form);
  } catch {
    // The button asks as well, and then the browser says what is wrong.
  }
}

// How many were found is said by an element of the answer that knows it.
function tell(form) {
  const counted = document.getElementById(form.dataset.find)?.querySelector("[data-count]");
  const region = document.getElementById("found-count") ?? document.getElementById("announcer");
  if (region) region.textContent = counted?.dataset.count ?? "";
}
