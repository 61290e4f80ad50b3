const DAY = 86_400_000;

/** Dates and times in a person's language and zone; the server writes them the same way. */
export class Times {
  #zone;
  #today;
  #yesterday;
  #formats = {};

  constructor({ language, zone, today, yesterday }) {
    const locale = language.startsWith("en") ? "en-GB" : language;
    this.#zone = knownZone(zone);
    this.#today = today;
    this.#yesterday = yesterday;
    const format = (options) => new Intl.DateTimeFormat(locale, { timeZone: this.#zone, ...options });
    this.#formats = {
      clock: format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
      weekday: format({ weekday: "long" }),
      weekdayShort: format({ weekday: "short" }),
      near: format({ day: "numeric", month: "long" }),
      far: format({ day: "numeric", month: "long", year: "numeric" }),
      nearShort: format({ day: "numeric", month: "short" }),
      farShort: format({ day: "numeric", month: "short", year: "numeric" }),
      // Sweden writes ISO 8601 dates.
      day: new Intl.DateTimeFormat("sv-SE", { timeZone: this.#zone, dateStyle: "short" }),
    };
  }

  /** "2026-03-12", the day it is in the person's zone. */
  day(at) {
    return this.#formats.day.format(new Date(at));
  }

  /** "14:02" */
  clock(at) {
    return this.#formats.clock.format(new Date(at));
  }

  /** "Today", "Yesterday", "Tuesday, 10 March", "Tuesday, 10 March 2025": the line between two days. */
  dayLine(at, now = Date.now()) {
    const { weekday, near, far } = this.#formats;
    const day = this.day(at);
    if (day === this.day(now)) return this.#today;
    if (day === dayBefore(this.day(now))) return this.#yesterday;
    const date = (this.#sameYear(at, now) ? near : far).format(new Date(at));
    return `${weekday.format(new Date(at))}, ${date}`;
  }

  /** "14:02", "Wed", "9 Mar", "9 Mar 2025": when a room last spoke. */
  short(at, now = Date.now()) {
    const { weekdayShort, nearShort, farShort } = this.#formats;
    const age = daysBetween(this.day(at), this.day(now));
    if (age <= 0) return this.clock(at);
    const format = age < 7 ? weekdayShort : this.#sameYear(at, now) ? nearShort : farShort;
    return format.format(new Date(at));
  }

  /** "14:02" today, "Wed, 14:02" before. */
  since(at, now = Date.now()) {
    const [short, clock] = [this.short(at, now), this.clock(at)];
    return short === clock ? clock : `${short}, ${clock}`;
  }

  /** "Tuesday, 10 March 2026, 14:02": all of it, for whoever asks. */
  full(at) {
    const moment = new Date(at);
    return `${this.#formats.weekday.format(moment)}, ${this.#formats.far.format(moment)}, ${this.clock(at)}`;
  }

  /** Milliseconds until the day lines of this zone say something else. */
  untilMidnight(now = Date.now()) {
    let low = now;
    let high = now + DAY + 3_600_000;
    const today = this.day(now);
    while (high - low > 1000) {
      const middle = (low + high) / 2;
      if (this.day(middle) === today) low = middle;
      else high = middle;
    }
    return high - now;
  }

  #sameYear(at, now) {
    return this.day(at).slice(0, 4) === this.day(now).slice(0, 4);
  }
}

function daysBetween(earlier, later) {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / DAY);
}

function dayBefore(day) {
  return new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
}

function knownZone(zone) {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined; // this browser does not know the zone: its own serves
  }
}
