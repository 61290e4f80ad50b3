// The directory: the list follows what is typed, and how many it holds is said. Without this the button searches.

import "../vendor/htmx/htmx.js";

document.addEventListener("htmx:after:swap", () => {
  const counted = document.querySelector("#found [data-count]");
  document.getElementById("found-count").textContent = counted?.dataset.count ?? "";
});
