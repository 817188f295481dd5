import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { FORMAT } from "../../static/js/check/data.js";
import { List } from "../../static/js/check/list.js";

// That changes add up to the whole list is tested with the portal's own files, in
// tests/pages/test_check_changes.py; here is when the page asks for which.

const ADDRESS = "/kiem-tra/data.json";
const places = { code: "", province: [], name: [], english: [], street: [], up: [], unit: [],
  tier: [], todo: [], until: [], point: [], latitude: [], longitude: [], reach: [],
  windows: { count: [], known: [], start: [], length: [] } }; // prettier-ignore
const units = { eras: [], levels: [[], [], []], name: [], parent: [], latitude: [], longitude: [],
  reach: [] }; // prettier-ignore

/** A file of the portal, made at `hour` of the day, with the flights of these codes. */
function file(hour, flights, more = {}) {
  return {
    format: FORMAT,
    version: `v${hour}`,
    at: `2021-03-26T${hour}:00:00+07:00`,
    base: "2021-03-26",
    addresses: { province: "/PROVINCE/", place: "/PROVINCE/CODE/", flight: "/PROVINCE/CODE/" },
    provinces: [["hai-phong", "Hải Phòng", []]],
    texts: [],
    vietnamese: [],
    hotlines: [],
    todos: [[[], []]],
    units,
    reaches: [],
    places,
    flights: flights.map((code) => [code, 0, "VN1", "2021-03-26", "", "", "", 2_000, 0]),
    ...more,
  };
}

/** Answers in turn; says what was asked for. */
function answering(...files) {
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(address);
    const answer = files.shift();
    if (answer instanceof Error) throw answer;
    return { ok: true, json: async () => answer };
  };
  return asked;
}

const codesOf = (list) => list.data.entries.map(({ code }) => code);

afterEach(() => {
  delete globalThis.fetch;
});

test("the first time the whole is asked for, then what has changed since what is there", async () => {
  const list = new List(ADDRESS, {});
  const asked = answering(
    file("08", ["A", "B", "C"]),
    file("09", ["B", "D"], { since: "v08", gone: "C X" }),
    file("10", [], { since: "v09", gone: "" }),
  );
  for (const codes of [["A", "B", "C"], ["A", "B", "D"], ["A", "B", "D"]]) {
    await list.load();
    assert.deepEqual(codesOf(list), codes);
  }
  assert.deepEqual(asked, [ADDRESS, `${ADDRESS}?tu=v08`, `${ADDRESS}?tu=v09`]);
  assert.equal(list.data.at, "2021-03-26T10:00:00+07:00");
  assert.equal(list.flights.length, 3);
});

test("the whole takes the place of what is there when the portal answers with it", async () => {
  const list = new List(ADDRESS, {});
  answering(file("08", ["A"]), file("09", ["B"]));
  await list.load();
  await list.load();
  assert.deepEqual(codesOf(list), ["B"]);
});

test("changes that are older than what is there are not taken", async () => {
  const list = new List(ADDRESS, {});
  const asked = answering(
    file("08", ["A"]),
    file("07", ["B"], { since: "v08", gone: "" }),
    file("07", ["C"]),
  );
  await list.load();
  await list.load();
  assert.deepEqual(codesOf(list), ["C"]);
  assert.deepEqual(asked.slice(1), [`${ADDRESS}?tu=v08`, ADDRESS]);
});

test("what the service worker has kept is one list with its changes", async () => {
  const list = new List(ADDRESS, {});
  const changed = file("09", ["B"], { since: "v08", gone: "A" });
  const asked = answering(file("08", ["A", "C"], { changed }), file("10", [], { since: "v09" }));
  await list.load();
  assert.deepEqual(codesOf(list), ["C", "B"]);
  await list.load();
  assert.equal(asked[1], `${ADDRESS}?tu=v09`);
});

test("what ends before the changes is not kept", async () => {
  const list = new List(ADDRESS, {});
  const later = { since: "v08", gone: "", at: "2021-03-27T09:20:00+07:00" };
  answering(file("08", ["A"]), file("09", [], later));
  await list.load();
  await list.load();
  assert.deepEqual(codesOf(list), []);
});

test("without a network what is there stays", async () => {
  const list = new List(ADDRESS, {});
  answering(file("08", ["A"]), new TypeError("no network"));
  await list.load();
  list.loadedAt = 0;
  await list.refresh();
  assert.deepEqual(codesOf(list), ["A"]);
});
