// The pages of one thesis.

import "./elements/connection-banner.js";
import "./elements/thesis-live.js";
import { keepIcons } from "./lib/icons.js";

keepIcons().catch(() => {}); // without them icons are fetched one by one
