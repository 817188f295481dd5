import assert from "node:assert/strict";
import { test } from "node:test";

import { chance } from "../../bench/check_data.js";
import { matchHistory, spanOf } from "../../static/js/check/matching.js";
import { NO_TIME, at, beside, data, place } from "./made.mjs";
import { naiveMatches } from "./naive.mjs";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const BEGIN = at("2021-03-22 00:00");
const CASES = 200;

/** A case in a square of a kilometre or so and two days, so that much meets. */
function randomCase(seed) {
  const next = chance(seed);
  const upTo = (most) => Math.floor(next() * most);
  const one = (values) => values[upTo(values.length)];
  const corners = Array.from({ length: 4 }, () => beside(upTo(900), upTo(900)));
  const somewhere = (spread) => {
    const { latitude, longitude } = one(corners);
    return {
      latitude: latitude + (next() - 0.5) * spread,
      longitude: longitude + (next() - 0.5) * spread,
    };
  };
  const window = () => {
    if (next() < 0.1) return { ...NO_TIME, when: `unknown ${next()}` };
    const start = BEGIN + upTo(2 * 24 * 60) * MINUTE;
    const known = { startKnown: next() < 0.7, endKnown: next() < 0.7 };
    return {
      start,
      end: start + (1 + upTo(300)) * MINUTE,
      ...known,
      when: `${start} ${next()}`,
    };
  };
  const entries = Array.from({ length: 1 + upTo(12) }, () => {
    const approximate = next() < 0.2;
    const point = {
      ...(next() < 0.3 ? corners[0] : somewhere(0.002)),
      radius: approximate ? 400 : 100,
      approximate,
    };
    return place({
      point: next() < 0.05 ? null : point,
      windows: Array.from({ length: upTo(4) }, window),
    });
  });
  let time = BEGIN - 3 * 60 * MINUTE;
  let position = somewhere(0);
  const points = Array.from({ length: upTo(120) }, () => {
    time += next() < 0.5 ? upTo(3 * MINUTE) : upTo(45 * MINUTE);
    if (next() < 0.3) position = somewhere(0.001);
    return {
      time,
      ...(next() < 0.3 ? somewhere(0.002) : position),
      accuracy: one([NaN, 8, 30, 60, 150, 450, 501, 2000]),
    };
  });
  const stays = Array.from({ length: upTo(4) }, () => {
    const start = BEGIN + upTo(2 * DAY);
    return {
      start,
      end: start + upTo(200 * MINUTE),
      ...somewhere(0.003),
      hoursKnown: next() < 0.8,
    };
  });
  const column = (name) => points.map((point) => point[name]);
  const history = {
    times: Float64Array.from(column("time")),
    latitudes: Float64Array.from(column("latitude")),
    longitudes: Float64Array.from(column("longitude")),
    accuracies: Float32Array.from(column("accuracy")),
    stays,
    first: 0,
    last: 0,
    skipped: 0,
    read: { points: points.length, stays: stays.length },
  };
  return [data(...entries), history];
}

/** Each window's match on its own, to compare with the naive ones. */
function flat(matches) {
  return matches
    .flatMap((match) => [match, ...match.also])
    .map(({ entry, window, certainty, why, minutes, distance }) => ({
      code: entry.code,
      when: window?.when,
      certainty,
      why,
      minutes,
      distance,
    }));
}

const key = ({ code, when }) => `${code} ${when}`;
const sorted = (matches) => matches.sort((one, other) => (key(one) < key(other) ? -1 : 1));

test(`matching finds what the plain rules find, in ${CASES} random cases with everything in them`, async () => {
  const seen = new Map();
  for (let seed = 1; seed <= CASES; seed += 1) {
    const [entries, history] = randomCase(seed);
    const expected = sorted(naiveMatches(entries, history));
    const actual = sorted(flat(await matchHistory(entries, history)));
    for (const [i, match] of actual.entries()) {
      // The plane and the sphere differ by less than a metre here.
      if (expected[i] && Math.abs(match.distance - expected[i].distance) <= 1)
        match.distance = expected[i].distance;
      const kind = `${match.certainty} ${match.why}`;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    }
    assert.deepEqual(actual, expected, `seed ${seed}`);
  }
  const kinds = [
    "certain overlap",
    "likely overlap",
    "likely same-day",
    "possible same-day",
    "possible time-unknown",
    "possible nearby",
  ];
  for (const kind of kinds) assert.ok(seen.get(kind) >= 20, `${kind}: only ${seen.get(kind)}`);
  assert.equal(seen.size, kinds.length);
});

test("what lies outside of the data's span changes no result", async () => {
  for (let seed = 1; seed <= CASES; seed += 1) {
    const [entries, history] = randomCase(seed);
    const { first, last } = spanOf(entries);
    const kept = [...history.times.keys()].filter(
      (i) => history.times[i] >= first && history.times[i] <= last,
    );
    const shorter = {
      ...history,
      stays: history.stays.filter(({ start, end }) => end >= first && start <= last),
    };
    for (const column of ["times", "latitudes", "longitudes", "accuracies"]) {
      shorter[column] = history[column].constructor.from(kept, (i) => history[column][i]);
    }
    assert.deepEqual(
      await matchHistory(entries, shorter),
      await matchHistory(entries, history),
      `seed ${seed}`,
    );
  }
});
