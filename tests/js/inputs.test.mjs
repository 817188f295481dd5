import assert from "node:assert/strict";
import { test } from "node:test";

import { dayFrom, flightNumberFrom, hourFrom, spanOf } from "../../static/js/check/inputs.js";

const NOW = Date.parse("2021-03-26T08:00:00+07:00");

function refuses(read, problem) {
  assert.throws(read, { message: problem });
}

test("a day is day, month and year, however it is written", () => {
  const written = ["24/03/2021", "24/3/2021", " 24-3-21 ", "24.03.2021", "24 3 2021", "24032021", "240321"];
  for (const text of [...written, "2021-03-24"]) assert.equal(dayFrom(text, NOW), "2021-03-24", text);
  assert.equal(dayFrom("02/01/2021", NOW), "2021-01-02");
  assert.equal(dayFrom("29/02/2020", NOW), "2020-02-29");
});

test("what is no day is refused, by what is wrong with it", () => {
  refuses(() => dayFrom(" ", NOW), "day-missing");
  for (const text of ["hôm qua", "24/3", "24", "1/2/3/2021", "24/03/021"]) {
    refuses(() => dayFrom(text, NOW), "day-form");
  }
  for (const text of ["31/02/2021", "29/02/2021", "24/13/2020", "00/01/2021", "03/24/2021"]) {
    refuses(() => dayFrom(text, NOW), "no-such-day");
  }
});

test("today is a day in Vietnam, and tomorrow is still to come", () => {
  const early = Date.parse("2021-03-25T17:30:00Z"); // the 26th in Vietnam
  assert.equal(dayFrom("26/03/2021", early), "2021-03-26");
  refuses(() => dayFrom("27/03/2021", early), "day-to-come");
});

test("an hour may be written in many ways", () => {
  const written = { "19:30": 1170, "19h30": 1170, "19H30": 1170, 1930: 1170, "19.30": 1170, 19: 1140,
    "19h": 1140, "19 giờ": null, "7": 420, "0:05": 5, "24:00": 1440, "19 : 30": 1170 }; // prettier-ignore
  for (const [text, minutes] of Object.entries(written)) {
    if (minutes === null) refuses(() => hourFrom(text), "hour-form");
    else assert.equal(hourFrom(text), minutes, text);
  }
});

test("what is no hour is refused", () => {
  refuses(() => hourFrom(" "), "hour-missing");
  for (const text of ["25", "24:01", "19:60", "7pm", "19:3", "-1"]) {
    refuses(() => hourFrom(text), "hour-form");
  }
});

test("without hours it is the whole day of Vietnam", () => {
  const start = Date.parse("2021-03-22T00:00:00+07:00");
  const end = Date.parse("2021-03-23T00:00:00+07:00");
  assert.deepEqual(spanOf("2021-03-22", null), { start, end, hoursKnown: false });
});

test("a second hour that is smaller is of the next day", () => {
  const evening = spanOf("2021-03-22", { from: 1140, to: 1290 });
  assert.equal(evening.start, Date.parse("2021-03-22T19:00:00+07:00"));
  assert.equal(evening.end, Date.parse("2021-03-22T21:30:00+07:00"));
  const night = spanOf("2021-03-22", { from: 1320, to: 30 });
  assert.equal(night.end, Date.parse("2021-03-23T00:30:00+07:00"));
  const midnight = spanOf("2021-03-22", { from: 1320, to: 1440 });
  assert.equal(midnight.end, Date.parse("2021-03-23T00:00:00+07:00"));
  assert.ok(evening.hoursKnown && night.hoursKnown && midnight.hoursKnown);
  refuses(() => spanOf("2021-03-22", { from: 600, to: 600 }), "hour-same");
});

test("a flight number is read as airlines write it", () => {
  for (const text of ["VJ458", "vj 458", " vj-458 "]) assert.equal(flightNumberFrom(text), "VJ458");
  assert.equal(flightNumberFrom("9g1"), "9G1");
  for (const text of ["458", "VJ", "VJ45890", "Vietjet 458", "VJ458;"]) {
    refuses(() => flightNumberFrom(text), "flight-form");
  }
});
