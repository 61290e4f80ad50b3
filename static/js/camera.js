// The page of a camera.

import "./elements/camera-cards.js";
import "./elements/camera-keys.js";
import "./elements/camera-settings.js";
import "./elements/camera-stage.js";
import "./elements/delay-chart.js";
import "./elements/camera-watch.js";
import { keepIcons } from "./lib/icons.js";

keepIcons().catch(() => {}); // without them icons are fetched one by one
