import assert from "node:assert/strict";
import { test } from "node:test";

import {
  flightSuggestions,
  matching,
  named,
  placeSuggestions,
} from "../../static/js/check/suggestions.js";

const UNITS = [
  { name: "thành phố Hải Phòng", level: 1, parent: null },
  { name: "huyện Kiến Thụy", level: 2, parent: 0 },
  { name: "xã Đại Hợp", level: 3, parent: 1 },
  { name: "xã Tú Sơn", level: 3, parent: 1 },
];

function place(code, name, ward, { district = 1, english = "" } = {}) {
  const where = [ward, district, 0].filter((unit) => unit !== null).map((unit) => UNITS[unit].name);
  return { kind: "place", code, name, english, ward, district, where: where.join(", ") };
}

const ENTRIES = [
  place("A", "Chợ Đại Hợp", 2),
  place("B", "xã Đại Hợp", 2),
  place("C", "Quán Hợp Phát", 3, { english: "Hợp Phát café" }),
  place("D", "Chợ Sắt", null),
  place("E", "Chợ Sắt", 3),
  { kind: "flight", code: "F", name: "VJ458", english: "", when: "22/03/2021, 12:15", route: "từ Phú Quốc (PQC)" },
];
const PLACES = placeSuggestions({ entries: ENTRIES, units: UNITS });

function names(text, suggestions = PLACES) {
  return matching(suggestions, text).map(({ name }) => name);
}

test("accents, case and the order of words do not matter", () => {
  for (const text of ["Chợ Đại Hợp", "cho dai hop", "HỢP chợ đại", " dai   cho "]) {
    assert.ok(names(text).includes("Chợ Đại Hợp"), text);
  }
});

test("nothing typed suggests nothing", () => {
  assert.deepEqual(names(""), []);
  assert.deepEqual(names(" – "), []);
});

test("what begins with the text comes first, what only lies there comes last", () => {
  assert.deepEqual(names("xa dai hop"), ["xã Đại Hợp", "Chợ Đại Hợp"]);
  assert.deepEqual(names("dai hop").slice(0, 2), ["xã Đại Hợp", "Chợ Đại Hợp"]);
  assert.equal(names("quan")[0], "Quán Hợp Phát");
});

test("an English name is found too", () => {
  assert.deepEqual(names("cafe"), ["Quán Hợp Phát"]);
});

test("a ward stands for what is in it, and for itself where it is listed by its own name", () => {
  const communes = PLACES.filter(({ name }) => name === "xã Đại Hợp");
  assert.equal(communes.length, 1);
  assert.deepEqual(communes[0].codes, ["B"]);
  assert.equal(communes[0].unit, 2);
  assert.equal(communes[0].count, 2);
  assert.equal(communes[0].detail, "huyện Kiến Thụy, thành phố Hải Phòng");
});

test("a district counts what is in its wards, and what is known no closer", () => {
  const district = PLACES.find(({ unit }) => unit === 1);
  assert.equal(district.count, 5);
  assert.deepEqual(district.codes, []);
});

test("a name that is whole, or found only once, needs no choosing", () => {
  assert.equal(named(PLACES, "XÃ ĐẠI HỢP").unit, 2);
  assert.deepEqual(named(PLACES, "hop phat").codes, ["C"]);
});

test("namesakes and half names need choosing, unknown names are none", () => {
  assert.equal(named(PLACES, "Chợ Sắt"), null);
  assert.equal(named(PLACES, "cho"), null);
  assert.equal(named(PLACES, "Vincom"), null);
});

test("a flight is found by its number with or without a space, and by its airport", () => {
  const flights = flightSuggestions({ entries: ENTRIES, units: UNITS });
  for (const text of ["vj458", "VJ 458", "phu quoc", "22/03"]) {
    assert.deepEqual(names(text, flights), ["VJ458"], text);
  }
  assert.equal(flights[0].detail, "22/03/2021, 12:15, từ Phú Quốc (PQC)");
});
