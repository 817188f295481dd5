import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accuracyOf,
  e7Of,
  eitherMomentOf,
  momentOf,
  numberOf,
  pairOf,
} from "../../static/js/check/formats/values.js";

const NOON = Date.UTC(2021, 2, 22, 12, 15, 30);

test("moments in every form that the exports have", () => {
  const forms = [
    "2021-03-22T12:15:30Z",
    "2021-03-22T12:15:30.000Z",
    "2021-03-22T19:15:30+07:00",
    "2021-03-22T19:15:30.000+0700",
    "2021-03-22T19:15:30+07",
    "2021-03-22T08:45:30-03:30",
    "2021-03-22T12:15:30",
    " 2021-03-22 12:15:30Z\n",
  ];
  for (const form of forms) assert.equal(momentOf(form), NOON, form);
  assert.equal(momentOf("2021-03-22T12:15:30.418Z"), NOON + 418);
  assert.equal(momentOf("2021-03-22T12:15:30.418999999Z"), NOON + 418);
  assert.equal(momentOf("2021-03-22T12:15Z"), NOON - 30_000);
  assert.equal(momentOf("2020-02-29T00:00:00Z"), Date.UTC(2020, 1, 29));
});

test("what is no moment of a phone's life is NaN", () => {
  const none = [
    "",
    "shop 3",
    "2021-03-22",
    "22/03/2021 12:15",
    "2021-13-01T00:00:00Z",
    "2021-00-10T00:00:00Z",
    "2021-02-29T00:00:00Z",
    "2021-04-31T00:00:00Z",
    "2021-03-00T00:00:00Z",
    "2021-03-22T25:00:00Z",
    "2021-03-22T12:60:00Z",
    "2021-03-22T12:15:30 Hanoi",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    null,
    undefined,
    1616415330000,
    {},
    [],
    true,
  ];
  for (const value of none) assert.ok(Number.isNaN(momentOf(value)), String(value));
});

test("milliseconds are a string or a number, and the other form goes first", () => {
  assert.equal(eitherMomentOf(undefined, String(NOON)), NOON);
  assert.equal(eitherMomentOf(undefined, NOON), NOON);
  assert.equal(eitherMomentOf("2021-03-22T12:15:30Z", "0"), NOON);
  assert.equal(eitherMomentOf("nonsense", NOON), NOON);
  for (const value of ["0", "-5", "1616415330", "abc", "", null, {}, Infinity]) {
    assert.ok(Number.isNaN(eitherMomentOf(undefined, value)), String(value));
  }
});

test("numbers may be strings; nothing is not zero", () => {
  assert.equal(numberOf("20.5"), 20.5);
  assert.equal(numberOf(-3), -3);
  for (const value of ["", " ", null, undefined, [], {}, true, "20,5", "7 m"])
    assert.ok(Number.isNaN(numberOf(value)), String(value));
});

test("an accuracy of zero or less is not known", () => {
  assert.equal(accuracyOf(12), 12);
  assert.equal(accuracyOf("12.5"), 12.5);
  for (const value of [0, -1, null, "good"])
    assert.ok(Number.isNaN(accuracyOf(value)), String(value));
});

test("pairs as Android and iPhones write them", () => {
  const there = { latitude: 20.8449, longitude: 106.6881 };
  const forms = [
    "20.8449°, 106.6881°",
    "20.8449°,106.6881°",
    "geo:20.8449,106.6881",
    "20.8449, 106.6881",
    "geo:20.8449,106.6881;u=35",
    " 20.8449° , 106.6881° ",
  ];
  for (const form of forms) assert.deepEqual(pairOf(form), there, form);
  assert.deepEqual(pairOf("-33.8°, -70°"), { latitude: -33.8, longitude: -70 });
});

test("what is no place on earth is null", () => {
  for (const value of [
    "",
    "geo:",
    "20.8449°",
    "geo:91,106",
    "geo:20,181",
    "geo:0.000000,0.000000",
    "20.8 106.6",
    "a, b",
    null,
    undefined,
    5,
    {},
  ]) {
    assert.equal(pairOf(value), null, String(value));
  }
  for (const [latitude, longitude] of [
    [null, 1066881000],
    [208449000, undefined],
    [0, 0],
    ["x", "y"],
    [1e12, 1066881000],
    [-2e9, 0],
  ]) {
    assert.equal(e7Of(latitude, longitude), null, `${latitude} ${longitude}`);
  }
});

test("degrees times ten million, also where numbers below zero have wrapped around", () => {
  assert.deepEqual(e7Of(208449000, 1066881000), { latitude: 20.8449, longitude: 106.6881 });
  assert.deepEqual(e7Of("208449000", "1066881000"), { latitude: 20.8449, longitude: 106.6881 });
  assert.deepEqual(e7Of(-338000000, -700000000), { latitude: -33.8, longitude: -70 });
  assert.deepEqual(e7Of(2 ** 32 - 338000000, 2 ** 32 - 700000000), {
    latitude: -33.8,
    longitude: -70,
  });
  assert.deepEqual(e7Of(420000000, 3439482234), { latitude: 42, longitude: -85.5485062 });
});
