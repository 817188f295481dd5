import assert from "node:assert/strict";
import { test } from "node:test";

import { flightNumber, matchFlights, matchStays, merged } from "../../static/js/check/matching.js";
import { NO_TIME, at, data, days, flight, hours, place, said } from "./made.mjs";

const EVENING = hours("2021-03-22 19:00", "2021-03-22 21:30");

/** A stay at a place or in a unit, with hours. */
function stay(chosen, start, end) {
  return { ...chosen, start: at(start), end: at(end), hoursKnown: true };
}

/** A stay of which only the days are known. */
function dayOf(chosen, first, last = first) {
  return { ...chosen, start: at(`${first} 00:00`), end: at(`${last} 24:00`), hoursKnown: false };
}

/** The only match of one stay with a place of these windows. */
function found(windows, ...stays) {
  const [match, ...others] = matchStays(
    data(place({ code: "A", ward: 3, district: 7, windows })),
    stays,
  );
  assert.equal(others.length, 0);
  return match;
}

const A = { code: "A" };

test("the place chosen, hours of both known: certain, with the minutes together", () => {
  const match = found([EVENING], stay(A, "2021-03-22 18:30", "2021-03-22 19:45"));
  assert.deepEqual(said(match), {
    certainty: "certain",
    why: "overlap",
    minutes: 45,
    distance: null,
  });
  assert.equal(match.window, EVENING);
  assert.deepEqual(match.also, []);
});

test("a minute together counts", () => {
  assert.equal(found([EVENING], stay(A, "2021-03-22 18:00", "2021-03-22 19:01")).minutes, 1);
  assert.equal(found([EVENING], stay(A, "2021-03-22 21:29", "2021-03-22 23:00")).minutes, 1);
});

test("less than a minute together counts as one", () => {
  const brief = {
    ...A,
    start: at("2021-03-22 21:29:50"),
    end: at("2021-03-22 22:00"),
    hoursKnown: true,
  };
  assert.equal(found([EVENING], brief).minutes, 1);
});

test("who leaves when the window begins, or comes when it ends, was not there", () => {
  assert.equal(found([EVENING], stay(A, "2021-03-22 18:00", "2021-03-22 19:00")), undefined);
  assert.equal(found([EVENING], stay(A, "2021-03-22 21:30", "2021-03-22 22:00")), undefined);
});

test("a window across midnight meets a stay on either day", () => {
  const night = hours("2021-03-22 19:00", "2021-03-23 00:30");
  assert.equal(found([night], stay(A, "2021-03-22 23:50", "2021-03-22 24:00")).minutes, 10);
  assert.equal(found([night], stay(A, "2021-03-23 00:10", "2021-03-23 02:00")).minutes, 20);
  assert.equal(found([night], stay(A, "2021-03-22 22:00", "2021-03-23 03:00")).minutes, 150);
  assert.equal(found([night], stay(A, "2021-03-23 00:30", "2021-03-23 02:00")), undefined);
});

test("the day of the window known, its hours not: likely, without minutes", () => {
  const match = found([days("2021-03-22")], stay(A, "2021-03-22 08:00", "2021-03-22 09:00"));
  assert.deepEqual(said(match), {
    certainty: "likely",
    why: "same-day",
    minutes: null,
    distance: null,
  });
});

test("a day without hours is that day of Vietnam only", () => {
  const window = days("2021-03-22");
  assert.equal(found([window], stay(A, "2021-03-23 00:00", "2021-03-23 01:00")), undefined);
  assert.equal(found([window], stay(A, "2021-03-21 22:00", "2021-03-21 24:00")), undefined);
  assert.ok(found([window], stay(A, "2021-03-21 23:00", "2021-03-22 00:01")));
});

test("several days without hours reach from the first to the last", () => {
  const window = days("2021-03-20", "2021-03-22");
  for (const day of ["2021-03-20", "2021-03-21", "2021-03-22"]) {
    assert.equal(found([window], stay(A, `${day} 10:00`, `${day} 11:00`)).why, "same-day");
  }
  assert.equal(found([window], stay(A, "2021-03-23 10:00", "2021-03-23 11:00")), undefined);
});

test("one hour of the window known: it bounds, but certain it is not", () => {
  const from = { ...hours("2021-03-22 19:00", "2021-03-22 24:00"), endKnown: false };
  assert.equal(found([from], stay(A, "2021-03-22 10:00", "2021-03-22 19:00")), undefined);
  const match = found([from], stay(A, "2021-03-22 20:00", "2021-03-22 21:00"));
  assert.deepEqual(said(match), {
    certainty: "likely",
    why: "same-day",
    minutes: null,
    distance: null,
  });
  const until = { ...hours("2021-03-22 00:00", "2021-03-22 19:00"), startKnown: false };
  assert.equal(found([until], stay(A, "2021-03-22 19:00", "2021-03-22 20:00")), undefined);
  assert.equal(found([until], stay(A, "2021-03-22 10:00", "2021-03-22 20:00")).certainty, "likely");
});

test("the resident knows the day only: likely", () => {
  const match = found([EVENING], dayOf(A, "2021-03-22"));
  assert.deepEqual(said(match), {
    certainty: "likely",
    why: "same-day",
    minutes: null,
    distance: null,
  });
  assert.equal(found([EVENING], dayOf(A, "2021-03-21")), undefined);
});

test("the day of the window unknown: possible, for a stay of the four weeks before", () => {
  for (const windows of [[NO_TIME], []]) {
    const match = found(windows, stay(A, "2021-03-10 10:00", "2021-03-10 11:00"));
    assert.deepEqual(said(match), {
      certainty: "possible",
      why: "time-unknown",
      minutes: null,
      distance: null,
    });
  }
  assert.equal(found([NO_TIME], stay(A, "2021-02-26 06:00", "2021-02-26 08:00")), undefined);
  assert.ok(found([NO_TIME], stay(A, "2021-02-26 07:00", "2021-02-26 09:00")));
});

test("a place without any window is matched without one", () => {
  assert.equal(found([], dayOf(A, "2021-03-20")).window, null);
  assert.equal(found([NO_TIME], dayOf(A, "2021-03-20")).window, NO_TIME);
});

test("the ward or district chosen: possible only, however exact the time", () => {
  const same = { certainty: "possible", why: "same-unit", distance: null };
  for (const unit of [{ ward: 3 }, { district: 7 }, { ward: 3, district: 7 }]) {
    const match = found([EVENING], stay(unit, "2021-03-22 19:00", "2021-03-22 20:00"));
    assert.deepEqual(said(match), { ...same, minutes: 60 });
    assert.deepEqual(said(found([days("2021-03-22")], dayOf(unit, "2021-03-22"))), {
      ...same,
      minutes: null,
    });
    assert.deepEqual(said(found([NO_TIME], dayOf(unit, "2021-03-22"))), {
      ...same,
      minutes: null,
    });
  }
});

test("another ward of the same district is not the same ward", () => {
  assert.equal(found([EVENING], dayOf({ ward: 4, district: 7 }, "2021-03-22")), undefined);
  assert.equal(found([EVENING], dayOf({ ward: 4 }, "2021-03-22")), undefined);
});

test("a place of which only the district is known is found by a ward's district", () => {
  const entry = place({ ward: null, district: 7, windows: [EVENING] });
  assert.equal(matchStays(data(entry), [dayOf({ ward: 4, district: 7 }, "2021-03-22")]).length, 1);
  assert.equal(matchStays(data(entry), [dayOf({ ward: 4 }, "2021-03-22")]).length, 0);
});

test("a place in no known unit is found in none; unit 0 is a unit like any other", () => {
  const nowhere = place({ windows: [EVENING] });
  assert.deepEqual(
    matchStays(data(nowhere), [
      dayOf({ ward: 0, district: 0 }, "2021-03-22"),
      dayOf({}, "2021-03-22"),
    ]),
    [],
  );
  const first = place({ ward: 0, windows: [EVENING] });
  assert.equal(matchStays(data(first), [dayOf({ ward: 0 }, "2021-03-22")]).length, 1);
});

test("minutes of several stays are added up, those of overlapping stays once", () => {
  const stays = [
    stay(A, "2021-03-22 19:00", "2021-03-22 19:30"),
    stay(A, "2021-03-22 21:00", "2021-03-22 22:00"),
    stay(A, "2021-03-22 19:10", "2021-03-22 19:40"),
  ];
  assert.equal(found([EVENING], ...stays).minutes, 70);
});

test("an exact stay outweighs one of which only the day is known, and a place its ward", () => {
  const exact = stay(A, "2021-03-22 19:00", "2021-03-22 19:30");
  assert.deepEqual(said(found([EVENING], dayOf(A, "2021-03-22"), exact)).why, "overlap");
  assert.equal(
    found([EVENING], stay({ ward: 3 }, "2021-03-22 19:00", "2021-03-22 20:00"), exact).minutes,
    30,
  );
});

test("one match for each place: its surest window, the others beside it", () => {
  const windows = [
    NO_TIME,
    days("2021-03-22"),
    hours("2021-03-22 09:00", "2021-03-22 09:10"),
    EVENING,
  ];
  const match = found(windows, stay(A, "2021-03-22 09:00", "2021-03-22 20:00"));
  assert.equal(match.window, EVENING);
  assert.deepEqual(
    match.also.map(({ why, minutes }) => [why, minutes]),
    [
      ["overlap", 10],
      ["same-day", null],
      ["time-unknown", null],
    ],
  );
  assert.ok(match.also.every(({ also }) => also.length === 0));
});

test("matches are in order: the most certain, then the newest, then what has no day", () => {
  const entries = [
    place({ code: "unknown", windows: [NO_TIME] }),
    place({ code: "old", windows: [hours("2021-03-20 08:00", "2021-03-20 10:00")] }),
    place({ code: "day", windows: [days("2021-03-25")] }),
    place({ code: "unit", ward: 3, windows: [hours("2021-03-25 08:00", "2021-03-25 10:00")] }),
    place({ code: "new", windows: [hours("2021-03-24 08:00", "2021-03-24 10:00")] }),
  ];
  const stays = ["unknown", "old", "day", "new"].map((code) =>
    stay({ code }, "2021-03-20 00:00", "2021-03-26 00:00"),
  );
  const matches = matchStays(data(...entries), [
    ...stays,
    stay({ ward: 3 }, "2021-03-20 00:00", "2021-03-26 00:00"),
  ]);
  assert.deepEqual(
    matches.map(({ entry }) => entry.code),
    ["new", "old", "day", "unit", "unknown"],
  );
});

test("nothing brought, nothing found", () => {
  assert.deepEqual(matchStays(data(place({ windows: [EVENING] })), []), []);
  assert.deepEqual(matchFlights(data(flight()), []), []);
  assert.deepEqual(merged([]), []);
});

test("a flight is the number on the day: certain", () => {
  const [match, ...others] = matchFlights(data(flight(), place()), [
    { number: "VJ458", date: "2021-03-22" },
  ]);
  assert.deepEqual(said(match), {
    certainty: "certain",
    why: "flight",
    minutes: null,
    distance: null,
  });
  assert.equal(match.window, null);
  assert.deepEqual(others, []);
});

test("the same number on another day, or another number, is another flight", () => {
  const entries = data(flight());
  assert.deepEqual(matchFlights(entries, [{ number: "VJ458", date: "2021-03-23" }]), []);
  assert.deepEqual(matchFlights(entries, [{ number: "VN458", date: "2021-03-22" }]), []);
  assert.deepEqual(matchFlights(entries, [{ number: "VJ45", date: "2021-03-22" }]), []);
});

test("a flight's number may be written in several ways", () => {
  for (const written of ["VJ458", "vj 458", "VJ-0458", " Vj0458 "])
    assert.equal(flightNumber(written), "VJ458");
  assert.equal(flightNumber("VN7"), "VN7");
  assert.equal(flightNumber("9G1103"), "9G1103");
  assert.equal(flightNumber(undefined), "");
  assert.equal(
    matchFlights(data(flight({ number: "VJ 458" })), [{ number: "vj0458", date: "2021-03-22" }])
      .length,
    1,
  );
});

test("merging searches: one match for each entry, the surer one for each window", () => {
  const entry = place({ code: "A", ward: 3, windows: [EVENING, days("2021-03-20")] });
  const entries = data(entry, flight());
  const unit = matchStays(entries, [stay({ ward: 3 }, "2021-03-20 00:00", "2021-03-23 00:00")]);
  const chosen = matchStays(entries, [stay(A, "2021-03-22 19:00", "2021-03-22 19:30")]);
  const flown = matchFlights(entries, [{ number: "VJ458", date: "2021-03-22" }]);
  for (const order of [
    [...unit, ...chosen, ...flown],
    [...flown, ...chosen, ...unit],
  ]) {
    // A worker hands out copies of the entries.
    const matches = merged(structuredClone(order));
    assert.deepEqual(
      matches.map(({ why }) => why),
      ["flight", "overlap"],
    );
    assert.deepEqual(
      matches[1].also.map(({ why }) => why),
      ["same-unit"],
    );
    assert.equal(matches[1].minutes, 30);
  }
});

test("a place and a flight of the same code are two entries", () => {
  const entries = data(place({ code: "A", windows: [EVENING] }), flight({ code: "A" }));
  const found = [
    ...matchStays(entries, [dayOf(A, "2021-03-22")]),
    ...matchFlights(entries, [{ number: "VJ458", date: "2021-03-22" }]),
  ];
  assert.equal(merged(found).length, 2);
});
