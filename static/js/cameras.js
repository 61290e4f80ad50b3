// The list of cameras.

import "./elements/camera-cards.js";
import "./elements/camera-keys.js";
