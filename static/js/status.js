// The status page.

import "./elements/measured-charts.js";
import "./elements/status-live.js";
