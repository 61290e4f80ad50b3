// Where people begin.

import { followInbox } from "./lib/follow-inbox.js";

followInbox();
