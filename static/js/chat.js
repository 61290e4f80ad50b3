// The pages of chat.

import "./elements/connection-banner.js";
import "./elements/message-log.js";
import "./elements/message-composer.js";
import "./elements/typing-line.js";
import "./elements/chat-room.js";
import "./elements/room-list.js";
import "./elements/chat-keys.js";
import { keepIcons } from "./lib/icons.js";

/** The socket of the room that is open: another one after every reconnect, null on other pages. */
export let chatSocket = null;

Object.defineProperty(window, "chatSocket", { get: () => chatSocket });
document.addEventListener("socket", ({ detail }) => (chatSocket = detail));

keepIcons().catch(() => {}); // without them icons are fetched one by one
