// What the browser is asked for a new key, and what a person is told when it says no. No DOM.

/**
 * The server's creation options, turned to a passkey (signs in alone) or a second factor.
 *
 * A passkey must live on the device and check its owner; a second factor need not (WebAuthn Level 3, 5.4.4).
 */
export function creationOptions({ publicKey }, passwordless) {
  const selection = {
    ...publicKey.authenticatorSelection,
    residentKey: passwordless ? "required" : "discouraged",
    requireResidentKey: passwordless,
  };
  if (passwordless) selection.userVerification = "required";
  return { ...publicKey, authenticatorSelection: selection };
}

/** The sentence for a failure; `_` translates. Browsers tell by the error's name and hide the rest on purpose. */
export function reason(error, _) {
  switch (error.name) {
    case "NotAllowedError":
      return _("No key was used: cancelled, too late, or none for this account. Try again or take another way.");
    case "InvalidStateError":
      return _("This key is already in your list.");
    case "SecurityError":
      return _("The browser allows keys only under the server's own name and with HTTPS.");
    default:
      return _("That did not work. Try again or take another way.");
  }
}
