import assert from "node:assert/strict";
import { test } from "node:test";

import { FORMAT, decode } from "../../static/js/check/data.js";
import { counted, filled } from "../../static/js/check/wording.js";

// What the portal really publishes is read in tests/pages/test_check_data.py; here are the edges.

test("a file of another layout is refused, never half understood", () => {
  for (const file of [{}, { format: FORMAT + 1 }, null, undefined, "x"]) {
    assert.throws(() => decode(file, {}), /layout/);
  }
});

test("a list with nothing in it is read as such", () => {
  const columns = { code: "", province: [], name: [], english: [], street: [], up: [], unit: [],
    tier: [], todo: [], until: [], point: [], latitude: [], longitude: [], reach: [],
    windows: { count: [], known: [], start: [], length: [] } }; // prettier-ignore
  const file = {
    format: FORMAT,
    version: "7",
    at: "2021-03-26T08:00:00+07:00",
    base: "2021-03-26",
    addresses: { province: "/PROVINCE/", place: "/PROVINCE/CODE/", flight: "/PROVINCE/CODE/" },
    provinces: [],
    texts: [],
    vietnamese: [],
    hotlines: [],
    todos: [],
    units: { eras: [], levels: [[], [], []], name: [], parent: [], latitude: [], longitude: [], reach: [] },
    reaches: [],
    places: columns,
    flights: [],
  };
  const data = decode(file, {});
  assert.deepEqual(data.entries, []);
  assert.equal(data.version, "7");
});

test("sentences are filled in, numbers with their own form", () => {
  assert.equal(filled("%(a)s and %(b)s, %(a)s", { a: "$&", b: "2" }), "$& and 2, $&");
  assert.equal(counted(["%(n)s place", "%(n)s places"], 1), "1 place");
  assert.equal(counted(["%(n)s place", "%(n)s places"], 0), "0 places");
  assert.equal(counted(["%(n)s place", "%(n)s places"], 12), "12 places");
});
