// The steps of an application.

import "./elements/draft-keeper.js";
