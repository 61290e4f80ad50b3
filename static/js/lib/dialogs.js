// Dialogs: opened by a script or by a button with data-opens="<id>"; Escape and the backdrop close them.

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
  if (opener) ask(document.getElementById(opener.dataset.opens));
  else if (event.target.matches("dialog[open]") && !within(event.target, event)) event.target.close("");
});

function within(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
