// The pages of chat on which no room is open.

import "./elements/connection-banner.js";
import "./elements/room-list.js";
import "./elements/chat-keys.js";
import { keepIcons } from "./lib/icons.js";

window.chatSocket = null; // of the room that is open

keepIcons().catch(() => {}); // without them icons are fetched one by one
