// The browser's side of WebAuthn: JSON in, JSON out. first-paint.js finds out whether there is one.

/** Ask for one of the person's keys; promises its answer as JSON text. `extra` joins the call: mediation, signal. */
export async function use(publicKey, extra = {}) {
  const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
  return JSON.stringify(await navigator.credentials.get({ publicKey: options, ...extra }));
}

/** Make a new key; promises its answer as JSON text. */
export async function make(publicKey) {
  const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
  return JSON.stringify(await navigator.credentials.create({ publicKey: options }));
}
