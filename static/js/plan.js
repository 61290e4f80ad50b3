// The plan of theses.

import { followInbox } from "./lib/follow-inbox.js";

followInbox();
