// Links with `data-question` lead to a page that asks before something is done. Its form is asked in a dialog instead.

import { h } from "./dom.js";
import { fetched } from "./morph.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-question]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  ask(link.href);
});

async function ask(address) {
  let form;
  try {
    const { page, response } = await fetched(address);
    form = response.ok && page.querySelector("form.question");
  } catch {
    form = null;
  }
  if (form) show(document.adoptNode(form));
  else location.assign(address); // the page itself says what is wrong
}

function show(form) {
  const heading = form.querySelector("h2");
  heading.id = "question-h";
  const dialog = h("dialog", { className: "dialog", "aria-labelledby": heading.id }, form);
  form.querySelector("[data-close]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  // live-forms.js sends it: once that is over and nothing was wrong, there is nothing more to ask.
  new MutationObserver(() => {
    if (!("sending" in form.dataset) && !form.querySelector("[data-said]")) dialog.close();
  }).observe(form, { attributes: true, attributeFilter: ["data-sending"] });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
