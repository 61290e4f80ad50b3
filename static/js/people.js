// The directory: the list follows what is typed; without this the button searches.

import htmx from "../vendor/htmx/htmx.js";

htmx.on("#found", "htmx:after:swap", ({ currentTarget }) => {
  const said = currentTarget.querySelector("[data-count]")?.dataset.count ?? "";
  document.getElementById("found-count").textContent = said;
});
