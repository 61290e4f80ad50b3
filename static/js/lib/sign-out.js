// Signing out stops for what this device still holds of the person; the rest is loaded when it is wanted.

import { KeptForms } from "../models/kept-forms.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.leaving) return;
  event.preventDefault();
  import("../elements/leaving.js").then(({ leave }) => leave(form)).catch(() => {
    KeptForms.clear(localStorage);
    form.submit();
  });
}, { capture: true });
