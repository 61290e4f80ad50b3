const SEQUENCE_WITHIN = 1500;

/** Turns key presses into the names of what they do.
 *
 * `bindings` maps a name to its keys: "r", "g c", "Alt+ArrowUp", "?", "End". Keys that are a single character
 * without Alt or Control can be switched off (WCAG 2.1.4), and none of them fires in a field.
 */
export class KeyMap {
  #names;
  #singles;
  #first = null;
  #since = 0;

  constructor(bindings, { singles = true } = {}) {
    this.#names = new Map(Object.entries(bindings).map(([name, keys]) => [keys, name]));
    this.#singles = singles;
  }

  /** The name of what this press completes, or null. `event` is a KeyboardEvent or looks like one. */
  press(event, { inField }) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return null;
    const single = event.key.length === 1 && !event.altKey;
    if (single && (inField || !this.#singles)) return null;

    const key = event.altKey ? `Alt+${event.key}` : event.key;
    const sequence = this.#pending() ? `${this.#first} ${key}` : key;
    const name = this.#names.get(sequence) ?? this.#names.get(key) ?? null;
    this.#first = single && !name ? key : null;
    this.#since = Date.now();
    return name;
  }

  #pending() {
    return this.#first !== null && Date.now() - this.#since < SEQUENCE_WITHIN;
  }
}
