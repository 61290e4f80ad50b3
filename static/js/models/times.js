const DAY = 86_400_000;

/** Dates and times in a person's language and zone, as chat/dates.py writes them.
 *
 * `words` comes from there: names of months and weekdays, "today", "yesterday", and patterns of the letters j (day),
 * F and M (month), Y (year).
 */
export class Times {
  #words;
  #parts;
  #written = new Map(); // "2026-03-12 14:02" by time: formats are slow, and a conversation asks again and again

  constructor({ zone, words }) {
    this.#words = words;
    // Sweden writes ISO 8601: "2026-03-12 14:02".
    this.#parts = new Intl.DateTimeFormat("sv-SE", { timeZone: knownZone(zone), dateStyle: "short", timeStyle: "short" });
  }

  /** "2026-03-12", the day it is in the person's zone. */
  day(at) {
    return this.#local(at).slice(0, 10);
  }

  /** "14:02" */
  clock(at) {
    return this.#local(at).slice(11, 16);
  }

  /** "Today", "Yesterday", "Tuesday, 10 March", "Tuesday, 10 March 2025": the line between two days. */
  dayLine(at, now = Date.now()) {
    const { today, yesterday, weekdays, near, far } = this.#words;
    const day = this.day(at);
    if (day === this.day(now)) return today;
    if (day === dayBefore(this.day(now))) return yesterday;
    return `${weekdays[weekday(day)]}, ${this.#date(day, now, near, far)}`;
  }

  /** "14:02", "Wed", "9 Mar", "9 Mar 2025": when a room last spoke. */
  short(at, now = Date.now()) {
    const { weekdaysShort, nearShort, farShort } = this.#words;
    const day = this.day(at);
    const age = daysBetween(day, this.day(now));
    if (age <= 0) return this.clock(at);
    return age < 7 ? weekdaysShort[weekday(day)] : this.#date(day, now, nearShort, farShort);
  }

  /** "14:02" today, "Wed, 14:02" before. */
  since(at, now = Date.now()) {
    const [short, clock] = [this.short(at, now), this.clock(at)];
    return short === clock ? clock : `${short}, ${clock}`;
  }

  /** "Tuesday, 10 March 2026, 14:02": all of it, for whoever asks. */
  full(at) {
    const day = this.day(at);
    return `${this.#words.weekdays[weekday(day)]}, ${this.#write(day, this.#words.far)}, ${this.clock(at)}`;
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

  #local(at) {
    if (typeof at !== "string") return this.#parts.format(new Date(at));
    if (!this.#written.has(at)) this.#written.set(at, this.#parts.format(new Date(at)));
    return this.#written.get(at);
  }

  #date(day, now, near, far) {
    return this.#write(day, day.slice(0, 4) === this.day(now).slice(0, 4) ? near : far);
  }

  #write(day, pattern) {
    const { months, monthsShort } = this.#words;
    const [year, month, date] = day.split("-").map(Number);
    const letters = { j: date, F: months[month - 1], M: monthsShort[month - 1], Y: year };
    return pattern.replace(/[jFMY]/g, (letter) => letters[letter]);
  }
}

// Monday is 0.
function weekday(day) {
  return (new Date(Date.parse(day)).getUTCDay() + 6) % 7;
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
