// Dialogs: opened by a script or by a button or a link with data-opens="<id>"; Escape and the backdrop close them. A link
// leads to the same page with the dialog open, for browsers without scripts.

/** Open a `<dialog>` and promise what closed it: the value of its button, or "" for Escape. */
export function ask(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    ask(dialog);
  } else if (event.target.closest("dialog:modal [data-shut]")) {
    event.preventDefault();
    event.target.closest("dialog").close("");
  } else if (event.target.matches("dialog[open]") && !within(event.target, event)) event.target.close("");
});

for (const dialog of document.querySelectorAll("dialog[open][data-asks]")) {
  dialog.close();
  ask(dialog);
}

function within(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
