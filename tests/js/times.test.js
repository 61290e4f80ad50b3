import assert from "node:assert/strict";
import { test } from "node:test";

import { Times } from "../../static/js/models/times.js";
import { words } from "./room.js";

const NOW = Date.parse("2026-03-12T10:00:00Z");
const english = new Times({ zone: "Europe/Berlin", words });
const german = new Times({
  zone: "Europe/Berlin",
  words: { ...words, today: "Heute", yesterday: "Gestern", near: "j. F", far: "j. F Y" },
});

test("clocks run in the person's zone", () => {
  const far = new Times({ zone: "Asia/Kolkata", words });

  assert.equal(english.clock("2026-03-12T09:05:00Z"), "10:05");
  assert.equal(english.clock("2026-03-11T23:30:00Z"), "00:30");
  assert.equal(far.clock("2026-03-12T09:05:00Z"), "14:35");
});

test("day lines say today, yesterday, then the date", () => {
  const lines = ["2026-03-11T23:30:00Z", "2026-03-11T22:30:00Z", "2026-03-10T12:00:00Z", "2025-12-31T12:00:00Z"]
    .map((at) => [english.dayLine(at, NOW), german.dayLine(at, NOW)]);

  assert.deepEqual(lines, [
    ["Today", "Heute"],
    ["Yesterday", "Gestern"],
    ["Tuesday, 10 March", "Tuesday, 10. March"],
    ["Wednesday, 31 December 2025", "Wednesday, 31. December 2025"],
  ]);
});

test("yesterday holds over the change of clocks", () => {
  const monday = Date.parse("2026-03-30T10:00:00Z");

  assert.equal(english.dayLine("2026-03-28T23:30:00Z", monday), "Yesterday");
  assert.equal(english.dayLine("2026-03-28T22:30:00Z", monday), "Saturday, 28 March");
});

test("a list says the time, the weekday, then the date", () => {
  const shorts = ["2026-03-12T07:00:00Z", "2026-03-11T07:00:00Z", "2026-03-06T12:00:00Z", "2026-03-05T12:00:00Z", "2025-03-05T12:00:00Z"]
    .map((at) => english.short(at, NOW));

  assert.deepEqual(shorts, ["08:00", "Wed", "Fri", "5 Mar", "5 Mar 2025"]);
});

test("a line says since when, with the day unless it is today", () => {
  assert.equal(english.since("2026-03-12T07:00:00Z", NOW), "08:00");
  assert.equal(english.since("2026-03-11T07:00:00Z", NOW), "Wed, 08:00");
});

test("the whole time is there for whoever asks", () => {
  assert.equal(english.full("2026-03-10T13:02:00Z"), "Tuesday, 10 March 2026, 14:02");
});

test("midnight is known to the second, on long days too", () => {
  assert.ok(Math.abs(english.untilMidnight(NOW) - 13 * 3_600_000) <= 1000);
  assert.ok(Math.abs(english.untilMidnight(Date.parse("2026-10-24T22:00:01Z")) - 25 * 3_600_000) <= 2000);
});

test("a zone that the browser does not know gives way to its own", () => {
  const lost = new Times({ zone: "Mars/Olympus", words });

  assert.match(lost.clock("2026-03-12T09:05:00Z"), /^\d\d:\d5$/);
});
