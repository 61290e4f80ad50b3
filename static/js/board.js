// The board of theses.

import "./elements/thesis-board.js";
import { followInbox } from "./lib/follow-inbox.js";

followInbox();
