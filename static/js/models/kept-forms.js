const PREFIX = "digi.form:";
const DAYS = 30 * 86_400_000;
const NEVER = ["password", "file", "submit", "button", "image", "reset", "fieldset", "output"];
const PAGES_OWN = ["csrfmiddlewaretoken", "once"];

/** What of a form is kept, as pairs of name and value: what people fill in, and which version they have seen. */
export function fieldsOf(form) {
  return [...form.elements]
    .filter(({ name, type }) => name && !NEVER.includes(type) && !PAGES_OWN.includes(name))
    .filter(({ type, checked }) => !["checkbox", "radio"].includes(type) || checked)
    .map(({ name, value }) => [name, value]);
}

/** What somebody has typed into forms and not sent, by person and form; it outlives the page.
 *
 * `storage` is a Web Storage or something like it; one that is full or forbidden keeps nothing and breaks nothing.
 * `now()` is in milliseconds since 1970.
 */
export class KeptForms {
  #storage;
  #user;
  #now;

  constructor({ storage, user, now = Date.now }) {
    this.#storage = storage;
    this.#user = user;
    this.#now = now;
  }

  /** Pairs of a field's name and value. */
  keep(form, fields) {
    try {
      this.#storage.setItem(this.#key(form), JSON.stringify({ at: this.#now(), fields }));
    } catch {
      // No room, or no permission: then it lives as long as the page.
    }
  }

  /** What was kept, or null. */
  of(form) {
    try {
      const kept = JSON.parse(this.#storage.getItem(this.#key(form)));
      return kept && this.#now() - kept.at < DAYS ? kept.fields : null;
    } catch {
      return null;
    }
  }

  forget(form) {
    try {
      this.#storage.removeItem(this.#key(form));
    } catch {
      // There is nothing then.
    }
  }

  /** Everything of everybody on this device. */
  static clear(storage) {
    const keys = Array.from({ length: storage.length }, (_none, at) => storage.key(at));
    for (const key of keys) if (key.startsWith(PREFIX)) storage.removeItem(key);
  }

  #key(form) {
    return `${PREFIX}${this.#user}:${form}`;
  }
}
