// Pages on which a passkey or security key is used or made.

import "./elements/passkey-form.js";
