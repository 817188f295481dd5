import assert from "node:assert/strict";
import { test } from "node:test";

import { matchHistory, notCompared, spanOf } from "../../static/js/check/matching.js";
import { Cancelled } from "../../static/js/check/failures.js";
import {
  NO_TIME,
  SHOP,
  WARD,
  at,
  beside,
  data,
  days,
  flight,
  history,
  hours,
  place,
  said,
} from "./made.mjs";

const EVENING = hours("2021-03-22 19:00", "2021-03-22 21:30");
const ELSEWHERE = beside(5000);

/** Positions every ten minutes at one place, with both ends. */
function sitting(position, start, end, accuracy = 20) {
  const points = [];
  for (let time = at(start); time <= at(end); time += 600_000) {
    const minutes = Math.round((time - at("2021-03-22 00:00")) / 60_000);
    const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) =>
      String(part).padStart(2, "0"),
    );
    points.push([`2021-03-22 ${hour}:${minute}`, position, accuracy]);
  }
  return points;
}

/** The only match of a history with a place of these windows. */
async function found(points, { windows = [EVENING], point = SHOP, stays = [] } = {}) {
  const [match, ...others] = await matchHistory(
    data(place({ windows, point })),
    history(points, stays),
  );
  assert.equal(others.length, 0);
  return match && said(match);
}

const exactly = (minutes) => ({ certainty: "certain", why: "overlap", minutes, distance: 0 });

test("positions there during the window: certain, with the minutes of the visit", async () => {
  assert.deepEqual(await found(sitting(SHOP, "2021-03-22 19:20", "2021-03-22 20:10")), exactly(51));
});

test("minutes are of the visit, not of single positions: one before, one after the window's start", async () => {
  assert.deepEqual(
    await found([
      ["2021-03-22 18:50", SHOP, 20],
      ["2021-03-22 19:15", SHOP, 20],
    ]),
    exactly(16),
  );
  assert.deepEqual(
    await found([
      ["2021-03-22 21:20", SHOP, 20],
      ["2021-03-22 21:40", SHOP, 20],
    ]),
    exactly(10),
  );
});

test("a visit around a window that lies between two positions", async () => {
  const brief = hours("2021-03-22 19:05", "2021-03-22 19:15");
  assert.deepEqual(
    await found(
      [
        ["2021-03-22 19:00", SHOP, 20],
        ["2021-03-22 19:20", SHOP, 20],
      ],
      { windows: [brief] },
    ),
    exactly(10),
  );
});

test("a gap of half an hour is within a visit, a longer one is not", async () => {
  assert.deepEqual(
    await found([
      ["2021-03-22 19:00", SHOP, 20],
      ["2021-03-22 19:30", SHOP, 20],
    ]),
    exactly(31),
  );
  const apart = await found([
    ["2021-03-22 19:00", SHOP, 20],
    ["2021-03-22 19:30:01", SHOP, 20],
  ]);
  assert.deepEqual(apart, { ...exactly(2), certainty: "likely" });
});

test("a position elsewhere ends the visit", async () => {
  const points = [
    ["2021-03-22 19:00", SHOP, 20],
    ["2021-03-22 19:10", ELSEWHERE, 20],
    ["2021-03-22 19:20", SHOP, 20],
  ];
  assert.equal((await found(points)).minutes, 2);
});

test("a position elsewhere that is too coarse to tell does not end it", async () => {
  const points = [
    ["2021-03-22 19:00", SHOP, 20],
    ["2021-03-22 19:10", ELSEWHERE, 1500],
    ["2021-03-22 19:20", SHOP, 20],
  ];
  assert.deepEqual(await found(points), exactly(21));
});

test("a position that jumps, but could still be there, does not end it", async () => {
  const points = [
    ["2021-03-22 19:00", SHOP, 20],
    ["2021-03-22 19:10", beside(180), 90],
    ["2021-03-22 19:20", SHOP, 20],
  ];
  assert.deepEqual(await found(points), exactly(21));
});

test("several visits in one window are added up", async () => {
  const points = [
    ...sitting(SHOP, "2021-03-22 19:00", "2021-03-22 19:20"),
    ["2021-03-22 19:30", ELSEWHERE, 20],
    ...sitting(SHOP, "2021-03-22 20:00", "2021-03-22 20:30"),
  ];
  assert.deepEqual(await found(points), exactly(21 + 31));
});

test("a position stands for its minute: the window's first and last minute count, its end does not", async () => {
  for (const time of ["2021-03-22 19:00:00", "2021-03-22 19:00:59", "2021-03-22 21:29:59"]) {
    assert.equal((await found([[time, SHOP, 20]])).minutes, 1, time);
  }
  for (const time of ["2021-03-22 18:59:59", "2021-03-22 21:30:00"]) {
    assert.equal(await found([[time, SHOP, 20]]), undefined, time);
  }
});

test("there for less than five minutes may have been passing by: likely; from five on certain", async () => {
  const passing = await found([
    ["2021-03-22 19:00", SHOP, 20],
    ["2021-03-22 19:03:59", SHOP, 20],
  ]);
  assert.deepEqual(passing, { certainty: "likely", why: "overlap", minutes: 4, distance: 0 });
  assert.deepEqual(
    await found([
      ["2021-03-22 19:00", SHOP, 20],
      ["2021-03-22 19:04", SHOP, 20],
    ]),
    exactly(5),
  );
});

test("passing by on a day without hours: possible; staying: likely", async () => {
  const windows = [days("2021-03-22")];
  const same = { why: "same-day", minutes: null, distance: 0 };
  assert.deepEqual(await found([["2021-03-22 12:00", SHOP, 20]], { windows }), {
    certainty: "possible",
    ...same,
  });
  assert.deepEqual(
    await found(sitting(SHOP, "2021-03-22 12:00", "2021-03-22 13:00"), { windows }),
    { certainty: "likely", ...same },
  );
  assert.equal(await found([["2021-03-23 00:00", SHOP, 20]], { windows }), undefined);
});

test("a window across midnight, several days, one hour known", async () => {
  const across = [hours("2021-03-22 23:00", "2021-03-23 00:30")];
  const night = [
    ["2021-03-22 23:50", SHOP, 20],
    ["2021-03-23 00:10", SHOP, 20],
  ];
  assert.deepEqual(await found(night, { windows: across }), exactly(21));
  assert.equal(
    (await found(night, { windows: [days("2021-03-21", "2021-03-23")] })).certainty,
    "likely",
  );
  const until = [{ ...hours("2021-03-22 00:00", "2021-03-22 23:55"), startKnown: false }];
  assert.deepEqual(await found(night, { windows: until }), {
    certainty: "likely",
    why: "same-day",
    minutes: null,
    distance: 0,
  });
  const from = [{ ...hours("2021-03-23 00:11", "2021-03-23 24:00"), endKnown: false }];
  assert.equal(await found(night, { windows: from }), undefined);
});

test("the day of the window unknown: possible, for visits of the four weeks before", async () => {
  for (const windows of [[NO_TIME], []]) {
    const match = await found(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00"), {
      windows,
    });
    assert.deepEqual(match, {
      certainty: "possible",
      why: "time-unknown",
      minutes: null,
      distance: 0,
    });
    assert.equal(await found([["2021-02-26 07:59", SHOP, 20]], { windows }), undefined);
    assert.ok(await found([["2021-02-26 08:00", SHOP, 20]], { windows }));
  }
});

test("in the radius counts as inside, whatever the error, as long as it is no larger", async () => {
  assert.deepEqual(
    await found(sitting(beside(0, 99), "2021-03-22 19:00", "2021-03-22 20:00", 100)),
    exactly(61),
  );
});

test("outside the radius, within the error: possible, with the distance", async () => {
  const near = await found(sitting(beside(160), "2021-03-22 19:00", "2021-03-22 20:00", 80));
  assert.deepEqual(near, { certainty: "possible", why: "nearby", minutes: 61, distance: 60 });
});

test("outside the radius and the error: not there", async () => {
  assert.equal(
    await found(sitting(beside(160), "2021-03-22 19:00", "2021-03-22 20:00", 50)),
    undefined,
  );
  assert.equal(
    await found(sitting(beside(0, -160), "2021-03-22 19:00", "2021-03-22 20:00", 50)),
    undefined,
  );
});

test("in the radius by an error larger than it: possible", async () => {
  const match = await found(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00", 300));
  assert.deepEqual(match, { certainty: "possible", why: "nearby", minutes: 61, distance: 0 });
});

test("an error above half a kilometre says nothing", async () => {
  assert.ok(await found(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00", 500)));
  assert.equal(await found(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00", 501)), undefined);
});

test("an error that is not known is taken for that of a phone in a town", async () => {
  assert.deepEqual(
    await found(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00", NaN)),
    exactly(61),
  );
  assert.equal(
    (await found(sitting(beside(149), "2021-03-22 19:00", "2021-03-22 20:00", NaN))).why,
    "nearby",
  );
  assert.equal(
    await found(sitting(beside(151), "2021-03-22 19:00", "2021-03-22 20:00", NaN)),
    undefined,
  );
});

test("an approximate area is never more than possible, with its radius as its bound", async () => {
  const inside = sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00");
  const match = await found(inside, { point: WARD });
  assert.deepEqual(match, { certainty: "possible", why: "nearby", minutes: 61, distance: 0 });
  assert.deepEqual(await found(inside, { point: WARD, windows: [days("2021-03-22")] }), {
    ...match,
    minutes: null,
  });
  assert.equal(
    await found(sitting(beside(2200), "2021-03-22 19:00", "2021-03-22 20:00", 400), {
      point: WARD,
    }),
    undefined,
  );
});

test("a district of 15 km is an area as well", async () => {
  const district = { ...WARD, radius: 15_300 };
  assert.equal(
    (
      await found(sitting(beside(15_000), "2021-03-22 19:00", "2021-03-22 20:00"), {
        point: district,
      })
    ).why,
    "nearby",
  );
  assert.equal(
    await found(sitting(beside(0, 15_700), "2021-03-22 19:00", "2021-03-22 20:00"), {
      point: district,
    }),
    undefined,
  );
});

test("neither address nor day known: not compared, and counted", async () => {
  const entries = [
    place({ code: "no point", point: null, windows: [EVENING] }),
    place({ code: "neither", point: WARD, windows: [NO_TIME] }),
    place({ code: "neither, no window", point: WARD }),
    place({ code: "ward and day", point: WARD, windows: [NO_TIME, EVENING] }),
    place({ code: "no day", windows: [NO_TIME] }),
    flight({ code: "flight" }),
  ];
  const visit = history(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00"));
  const matches = await matchHistory(data(...entries), visit);
  assert.deepEqual(
    matches.map(({ entry }) => entry.code),
    ["ward and day", "no day"],
  );
  assert.deepEqual(matches[0].also, []);
  assert.deepEqual(
    notCompared(data(...entries)).map(({ code }) => code),
    ["no point", "neither", "neither, no window"],
  );
});

test("a stay that the history names is one visit of whole minutes", async () => {
  assert.deepEqual(
    await found([], { stays: [["2021-03-22 19:20", "2021-03-22 20:10", SHOP]] }),
    exactly(50),
  );
  assert.deepEqual(
    await found([], { stays: [["2021-03-22 19:20:10", "2021-03-22 19:29:10", SHOP]] }),
    exactly(10),
  );
  assert.equal(
    (await found([], { stays: [["2021-03-22 19:20", "2021-03-22 19:20", SHOP]] })).minutes,
    1,
  );
  assert.equal(
    await found([], { stays: [["2021-03-22 18:00", "2021-03-22 19:00", SHOP]] }),
    undefined,
  );
  assert.equal(
    await found([], { stays: [["2021-03-22 21:30", "2021-03-22 22:00", SHOP]] }),
    undefined,
  );
});

test("a stay next door is possible, one further off is not", async () => {
  const stays = (position) => ({ stays: [["2021-03-22 19:20", "2021-03-22 20:10", position]] });
  assert.deepEqual(await found([], stays(beside(140))), {
    certainty: "possible",
    why: "nearby",
    minutes: 50,
    distance: 40,
  });
  assert.equal(await found([], stays(beside(160))), undefined);
});

test("a stay without hours is known by its day", async () => {
  const match = await found([], {
    stays: [["2021-03-22 00:00", "2021-03-22 24:00", SHOP, false]],
  });
  assert.deepEqual(match, { certainty: "likely", why: "same-day", minutes: null, distance: 0 });
});

test("a stay and positions of the same time are counted once", async () => {
  const points = sitting(SHOP, "2021-03-22 19:20", "2021-03-22 20:10");
  assert.deepEqual(
    await found(points, { stays: [["2021-03-22 19:30", "2021-03-22 20:30", SHOP]] }),
    exactly(70),
  );
});

test("being inside outweighs having been near for longer", async () => {
  const points = [
    ...sitting(beside(150), "2021-03-22 19:00", "2021-03-22 20:00", 80),
    ...sitting(SHOP, "2021-03-22 20:10", "2021-03-22 20:20"),
  ];
  assert.deepEqual(await found(points), exactly(11));
});

test("places at the same point are each compared", async () => {
  const entries = data(
    place({ code: "A", windows: [EVENING] }),
    place({ code: "B", windows: [days("2021-03-22")] }),
    place({ code: "C", windows: [days("2021-03-21")] }),
  );
  const matches = await matchHistory(
    entries,
    history(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00")),
  );
  assert.deepEqual(
    matches.map(({ entry, why }) => [entry.code, why]),
    [
      ["A", "overlap"],
      ["B", "same-day"],
    ],
  );
});

test("several windows of a place: the surest, the others beside it", async () => {
  const windows = [days("2021-03-22"), hours("2021-03-22 19:50", "2021-03-22 21:00"), EVENING];
  const [match] = await matchHistory(
    data(place({ windows })),
    history(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00")),
  );
  assert.equal(match.window, EVENING);
  assert.deepEqual(
    match.also.map(({ why, minutes }) => [why, minutes]),
    [
      ["overlap", 11],
      ["same-day", null],
    ],
  );
});

test("the span of the data holds every window with the gap of a visit, and the four weeks of an unknown one", () => {
  const half = 30 * 60_000;
  const known = data(place({ windows: [EVENING] }), place({ windows: [days("2021-03-20")] }));
  assert.deepEqual(spanOf(known), {
    first: at("2021-03-20 00:00") - half,
    last: at("2021-03-22 21:30") + half,
  });
  const unknown = data(place({ windows: [] }));
  assert.deepEqual(spanOf(unknown), {
    first: at("2021-02-26 08:00") - half,
    last: at("2021-03-26 08:00") + half,
  });
  assert.deepEqual(spanOf(data(place({ point: null, windows: [EVENING] }))), {
    first: Infinity,
    last: -Infinity,
  });
});

test("nothing in the data or in the history: nothing found", async () => {
  assert.deepEqual(
    await matchHistory(data(), history(sitting(SHOP, "2021-03-22 19:00", "2021-03-22 20:00"))),
    [],
  );
  assert.deepEqual(await matchHistory(data(place({ windows: [EVENING] })), history([])), []);
});

test("progress goes from 0 to 1, and a cancel is heard between slices", async () => {
  const points = Array.from({ length: 5000 }, () => ["2021-03-22 19:00", ELSEWHERE, 20]);
  const told = [];
  await matchHistory(data(place({ windows: [EVENING] })), history(points), {
    onProgress: (done) => told.push(done),
  });
  assert.equal(told[0], 0);
  assert.equal(told[told.length - 1], 1);
  assert.ok(told.length >= 5);
  assert.deepEqual(
    told,
    [...told].sort((one, other) => one - other),
  );
  let asked = 0;
  const isCancelled = () => (asked += 1) === 3;
  await assert.rejects(
    matchHistory(data(place({ windows: [EVENING] })), history(points), { isCancelled }),
    Cancelled,
  );
  assert.equal(asked, 3);
});
