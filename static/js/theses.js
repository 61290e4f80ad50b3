// The table of theses.

import "./elements/thesis-picker.js";
import { followInbox } from "./lib/follow-inbox.js";

followInbox((part) => !part.querySelector("#pick input:checked")); // a choice is not taken away
