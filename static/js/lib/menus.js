// Menus are <details>: they open without a script; this closes them by Escape, by leaving and by choosing.

const OPEN = "details.menu[open]";

function close(menu, refocus) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(OPEN)) {
    if (!menu.contains(event.target)) close(menu, false);
    else if (event.target.closest(".menu-list :is(a, [data-closes])")) close(menu, true);
  }
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest(OPEN);
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu, false);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(OPEN);
  if (!menu) return;
  event.stopPropagation();
  close(menu, menu.contains(document.activeElement));
}, { capture: true });
