// The directory: the list follows what is typed, and how many it holds is said. Without this the button searches.

import "../vendor/htmx/htmx.js";

const field = document.querySelector("input[hx-get]"); // somebody may have typed before this was here
addEventListener("DOMContentLoaded", () => setTimeout(() => {
  if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
}));

document.addEventListener("htmx:after:swap", () => {
  const counted = document.querySelector("#found [data-count]");
  document.getElementById("found-count").textContent = counted?.dataset.count ?? "";
});
