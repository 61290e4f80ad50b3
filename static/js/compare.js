// Keys from change to change.

import { listen } from "./lib/remarks.js";

listen({
  singles: document.querySelector(".changes").dataset.keys === "on",
  help: [[gettext("Compare"), [[["n"], gettext("Next change")], [["p"], gettext("Change before")], [["?"], gettext("These keys")]]]],
});
