import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import {
  Cancelled,
  HistoryError,
  LARGEST_FILE,
  readHistory,
} from "../../static/js/check/history.js";
import { matchHistory } from "../../static/js/check/matching.js";
import { SHOP, at, data, days, hours, place, said } from "./made.mjs";

const SAMPLES = [
  "timeline-android.json",
  "location-history-iphone.json",
  "Records.json",
  "Location History.json",
  "2021_MARCH.json",
  "2021_MARCH-before-2022.json",
  "track.gpx",
];

const sample = (name) => readFile(new URL(`samples/${name}`, import.meta.url));
const bytes = (text) => new TextEncoder().encode(text);
const json = (value) => bytes(JSON.stringify(value));
const close = (actual, expected) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);

/** The points of a history as `[time in Vietnam, latitude, longitude, accuracy]`. */
function points({ times, latitudes, longitudes, accuracies }) {
  const local = (time) =>
    new Date(time + 7 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
  return Array.from(times, (time, i) => [local(time), latitudes[i], longitudes[i], accuracies[i]]);
}

async function failing(file, reason, detail = /./) {
  await assert.rejects(readHistory(file), (error) => {
    assert.ok(error instanceof HistoryError, String(error));
    assert.equal(error.reason, reason, error.detail);
    assert.match(error.detail, detail);
    return true;
  });
}

test("the same evening at the shop is found in every format", async () => {
  const evening = data(place({ windows: [hours("2021-03-22 19:00", "2021-03-22 21:30")] }));
  for (const name of SAMPLES) {
    const [match] = await matchHistory(evening, await readHistory(await sample(name)));
    assert.equal(match?.certainty, "certain", name);
    assert.equal(match.why, "overlap", name);
    assert.ok(match.minutes >= 49 && match.minutes <= 51, `${name}: ${match.minutes} minutes`);
  }
});

test("no sample shows the shop on another day", async () => {
  const others = data(place({ windows: [days("2021-03-21"), days("2021-03-23")] }));
  for (const name of SAMPLES)
    assert.deepEqual(await matchHistory(others, await readHistory(await sample(name))), [], name);
});

test("Android's Timeline: visits, ways, paths and single positions", async () => {
  const history = await readHistory(await sample("timeline-android.json"));
  assert.deepEqual(points(history), [
    ["2021-03-22 18:50:12", 20.8584101, 106.6821907, NaN],
    ["2021-03-22 18:52:00", 20.8583, 106.6822, NaN],
    ["2021-03-22 18:58:00", 20.8519, 106.6849, NaN],
    ["2021-03-22 19:20:00", 20.8449512, 106.6880744, NaN],
    ["2021-03-22 19:31:10", 20.84488, 106.68805, 13],
  ]);
  assert.deepEqual(history.stays, [
    {
      start: at("2021-03-22 19:20"),
      end: at("2021-03-22 20:10"),
      latitude: 20.844933,
      longitude: 106.688121,
      hoursKnown: true,
    },
    {
      start: at("2021-03-22 20:35"),
      end: at("2021-03-23 06:40"),
      latitude: 20.85841,
      longitude: 106.68219,
      hoursKnown: true,
    },
  ]);
  assert.equal(history.skipped, 0);
  assert.deepEqual(history.read, { points: 5, stays: 2 });
  assert.deepEqual(
    [history.first, history.last],
    [at("2021-03-22 18:50:12"), at("2021-03-23 06:40")],
  );
});

test("an iPhone's Timeline: a bare array, numbers as strings, minutes since the segment began", async () => {
  const history = await readHistory(await sample("location-history-iphone.json"));
  assert.deepEqual(points(history), [
    ["2021-03-22 18:50:12", 20.85841, 106.682191, NaN],
    ["2021-03-22 18:52:00", 20.8583, 106.6822, NaN],
    ["2021-03-22 18:58:00", 20.8519, 106.6849, NaN],
    ["2021-03-22 19:20:00", 20.844951, 106.688074, NaN],
  ]);
  assert.deepEqual(history.stays, [
    {
      start: at("2021-03-22 19:20"),
      end: at("2021-03-22 20:10"),
      latitude: 20.844933,
      longitude: 106.688121,
      hoursKnown: true,
    },
  ]);
  assert.equal(history.skipped, 0);
});

test("Takeout's Records.json: one entry without a position is skipped and counted", async () => {
  const history = await readHistory(await sample("Records.json"));
  assert.equal(points(history).length, 6);
  assert.deepEqual(points(history)[2], ["2021-03-22 19:31:55", 20.8391, 106.699, 1899]);
  assert.equal(history.skipped, 1);
  assert.deepEqual(history.read, { points: 6, stays: 0 });
});

test("Takeout's older Location History.json: milliseconds, numbers that wrapped around", async () => {
  const history = await readHistory(await sample("Location History.json"));
  const [last] = points(history).slice(-1);
  assert.equal(history.times[0], 1616415601502);
  close(last[1], -1e-7);
  close(last[2], -85.5485062);
  assert.equal(history.skipped, 0);
});

test("Takeout's Semantic Location History: visits within visits, the measured path before the drawn one", async () => {
  const history = await readHistory(await sample("2021_MARCH.json"));
  assert.deepEqual(points(history), [
    ["2021-03-22 18:50:12", 20.8584101, 106.6821907, NaN],
    ["2021-03-22 19:05:40", 20.851921, 106.684912, 13],
    ["2021-03-22 19:20:00", 20.8449512, 106.6880744, NaN],
  ]);
  assert.deepEqual(
    history.stays.map(({ start, latitude }) => [start, latitude]),
    [
      [at("2021-03-22 19:20"), 20.844933],
      [at("2021-03-22 19:50"), 20.84501],
    ],
  );
  assert.equal(history.skipped, 0);
});

test("Semantic Location History before 2022: milliseconds, a visit known by its centre, a way drawn only", async () => {
  const history = await readHistory(await sample("2021_MARCH-before-2022.json"));
  assert.deepEqual(history.stays, [
    {
      start: at("2021-03-22 19:20"),
      end: at("2021-03-22 20:10"),
      latitude: 20.84493,
      longitude: 106.68812,
      hoursKnown: true,
    },
  ]);
  assert.deepEqual(points(history), [
    ["2021-03-22 20:10:00", 20.8449512, 106.6880744, NaN],
    ["2021-03-22 20:18:20", 20.847, 106.687, 150],
    ["2021-03-22 20:26:40", 20.8519, 106.6849, 150],
    ["2021-03-22 20:35:00", 20.8584101, 106.6821907, NaN],
    ["2021-03-23 07:05:00", 20.853, 106.684, 10],
    ["2021-03-23 07:10:00", 20.8519, 106.6849, NaN],
  ]);
  assert.equal(history.skipped, 1);
});

test("a way that is only drawn past a place is possible at most", async () => {
  const e7 = (degrees) => Math.round(degrees * 1e7);
  const waypoint = { latE7: e7(SHOP.latitude), lngE7: e7(SHOP.longitude) };
  const duration = {
    startTimestamp: "2021-03-22T12:20:00Z",
    endTimestamp: "2021-03-22T12:50:00Z",
  };
  const way = {
    activitySegment: { duration, waypointPath: { waypoints: [waypoint, waypoint, waypoint] } },
  };
  const evening = data(place({ windows: [hours("2021-03-22 19:00", "2021-03-22 21:30")] }));
  const [match] = await matchHistory(evening, await readHistory(json({ timelineObjects: [way] })));
  assert.deepEqual(said(match), {
    certainty: "possible",
    why: "nearby",
    minutes: 16,
    distance: 0,
  });
});

test("GPX: namespaces, CDATA, entities, comments, quotes, extensions, times without zone", async () => {
  const history = await readHistory(await sample("track.gpx"));
  assert.deepEqual(points(history), [
    ["2021-03-22 18:52:00", 20.8583, 106.6822, NaN],
    ["2021-03-22 19:20:01", 20.84494, 106.68809, NaN],
    ["2021-03-22 19:40:00", 20.84493, 106.68812, NaN],
    ["2021-03-22 19:45:30", 20.84487, 106.68804, NaN],
    ["2021-03-22 20:09:12", 20.84491, 106.68815, NaN],
  ]);
  assert.equal(history.skipped, 1);
});

test("GPX of one line, with a default namespace and single quotes", async () => {
  const history = await readHistory(
    bytes(
      "<gpx xmlns='http://www.topografix.com/GPX/1/1' version='1.1'><rte><rtept lat='20.5' lon='106.5'><time>2021-03-22T12:00:00Z</time></rtept></rte></gpx>",
    ),
  );
  assert.deepEqual(points(history), [["2021-03-22 19:00:00", 20.5, 106.5, NaN]]);
});

test("a long GPX is read across the borders of its pieces", async () => {
  const count = 20_000;
  const start = Date.UTC(2021, 2, 22);
  const tags = Array.from({ length: count }, (_, i) => {
    const time = new Date(start + i * 1000).toISOString();
    const note = i % 7 ? "" : `<!-- <trkpt lat="9" lon="9"> ${"é&<>".repeat(i % 90)} -->`;
    const entities = time.replace(/./g, (letter) => `&#${letter.charCodeAt(0)};`);
    const written = [time, `<![CDATA[${time}]]>`, entities][i % 3];
    return `<trkpt lat="${20 + i / 1e6}" lon="106.${i}1">${note}<ele>1</ele><time>${written}</time><name>Chợ số ${i}</name></trkpt>`;
  });
  const history = await readHistory(
    bytes(`<gpx><trk><trkseg>${tags.join("\n")}</trkseg></trk></gpx>\n`),
  );
  assert.equal(history.times.length, count);
  assert.equal(history.skipped, 0);
  for (const i of [0, 1, 7777, count - 1]) {
    assert.equal(history.times[i], start + i * 1000);
    assert.equal(history.latitudes[i], 20 + i / 1e6);
    assert.equal(history.longitudes[i], Number(`106.${i}1`));
  }
});

test("a long JSON file is read across the borders of its slices, whatever its texts hold", async () => {
  const count = 20_000;
  const texts = ['"', "\\", '\\"', "[{", "}],", "é°ế", "\n", "\\\\"];
  const locations = Array.from({ length: count }, (_, i) => ({
    name: texts[i % texts.length].repeat(i % 40),
    nested: { [texts[i % 3]]: [[], {}, [i]] },
    latitudeE7: 200000000 + i,
    longitudeE7: 1060000000 + i,
    timestamp: new Date(Date.UTC(2021, 2, 22) + i * 1000).toISOString(),
  }));
  for (const indent of [0, 2]) {
    const file = bytes(
      JSON.stringify(
        { before: { locations: [1, 2] }, locations, after: ["locations", { x: [] }] },
        null,
        indent,
      ),
    );
    const history = await readHistory(file);
    assert.equal(history.times.length, count);
    assert.equal(history.skipped, 0);
    for (const i of [0, 1, 9999, count - 1])
      assert.equal(history.longitudes[i], (1060000000 + i) / 1e7);
  }
});

test("a mark before UTF-8, and space around the data, are no matter", async () => {
  const record = {
    timestamp: "2021-03-22T12:00:00Z",
    latitudeE7: 208449000,
    longitudeE7: 1066881000,
  };
  const history = await readHistory(
    bytes(`\uFEFF \r\n\t${JSON.stringify({ locations: [record] })}\n\n`),
  );
  assert.equal(history.times.length, 1);
  const gpx = `\uFEFF\n<?xml version="1.0"?><gpx><wpt lat="20" lon="106"><time>2021-03-22T12:00:00Z</time></wpt></gpx>\n`;
  assert.equal((await readHistory(bytes(gpx))).times.length, 1);
});

test("an ArrayBuffer is read as well as its bytes", async () => {
  const { buffer, byteOffset, byteLength } = await sample("Records.json");
  assert.equal(
    (await readHistory(buffer.slice(byteOffset, byteOffset + byteLength))).times.length,
    6,
  );
});

test("missing fields, absurd values and entries of other kinds are skipped, never an exception", async () => {
  const moment = "2021-03-22T12:00:00Z";
  const nonsense = [null, 0, "", "x", true, [], {}, [[]], { a: 1 }, -1, 1e300];
  const good = { timestamp: moment, latitudeE7: 208449000, longitudeE7: 1066881000 };
  for (const odd of nonsense) {
    const records = [
      good,
      odd,
      { ...good, timestamp: odd },
      { ...good, latitudeE7: odd },
      { ...good, accuracy: odd },
    ];
    const read = await readHistory(json({ locations: records }));
    assert.ok(read.read.points >= 2 && read.read.points + read.skipped === 5, JSON.stringify(odd));
    const segments = [
      {
        startTime: moment,
        endTime: moment,
        visit: { topCandidate: { placeLocation: "geo:20,106" } },
      },
      odd,
      { startTime: odd, endTime: odd, visit: odd, activity: odd, timelinePath: odd },
      { startTime: moment, endTime: moment, visit: { topCandidate: odd } },
      { startTime: moment, endTime: moment, activity: { start: odd, end: { latLng: odd } } },
      {
        startTime: moment,
        timelinePath: [
          odd,
          { point: odd, time: moment },
          { point: "geo:20,106", durationMinutesOffsetFromStartTime: odd },
        ],
      },
    ];
    const signals = [
      odd,
      { position: odd },
      { position: { LatLng: odd, timestamp: odd, accuracyMeters: odd } },
    ];
    assert.equal(
      (await readHistory(json({ semanticSegments: segments, rawSignals: signals }))).read.stays,
      1,
      JSON.stringify(odd),
    );
    assert.equal((await readHistory(json(segments))).read.stays, 1, JSON.stringify(odd));
    const visit = {
      location: { latitudeE7: 208449000, longitudeE7: 1066881000 },
      duration: { startTimestamp: moment, endTimestamp: moment },
    };
    const objects = [
      { placeVisit: visit },
      odd,
      { placeVisit: odd, activitySegment: odd },
      { placeVisit: { ...visit, duration: odd } },
      { placeVisit: { ...visit, location: odd, childVisits: odd, simplifiedRawPath: odd } },
      {
        placeVisit: {
          duration: visit.duration,
          childVisits: [odd],
          simplifiedRawPath: { points: odd },
        },
      },
      {
        activitySegment: {
          startLocation: odd,
          endLocation: odd,
          duration: odd,
          waypointPath: odd,
          simplifiedRawPath: { points: [odd] },
        },
      },
      { activitySegment: { duration: visit.duration, waypointPath: { waypoints: [odd] } } },
    ];
    assert.ok(
      (await readHistory(json({ timelineObjects: objects }))).read.stays >= 1,
      JSON.stringify(odd),
    );
  }
});

test("a stay that ends before it begins, and a step outside of its segment, are skipped", async () => {
  const visit = { topCandidate: { placeLocation: "geo:20,106" } };
  const segments = [
    { startTime: "2021-03-22T12:00:00Z", endTime: "2021-03-22T11:00:00Z", visit },
    {
      startTime: "2021-03-22T12:00:00Z",
      endTime: "2021-03-22T14:00:00Z",
      timelinePath: [-1, 0, 120, 150].map((minutes) => ({
        point: "geo:20,106",
        durationMinutesOffsetFromStartTime: minutes,
      })),
    },
  ];
  const history = await readHistory(json(segments));
  assert.deepEqual(
    points(history).map(([time]) => time),
    ["2021-03-22 19:00:00", "2021-03-22 21:00:00"],
  );
  assert.equal(history.skipped, 3);
});

test("a timeless visit is known by its days only", async () => {
  const segment = {
    startTime: "2021-03-22T00:00:00+07:00",
    endTime: "2021-03-23T00:00:00+07:00",
    visit: { isTimelessVisit: true, topCandidate: { placeLocation: "geo:20,106" } },
  };
  assert.equal((await readHistory(json([segment]))).stays[0].hoursKnown, false);
});

test("points of several parts come out in the order of time, each with its own values", async () => {
  const signal = (minute) => ({
    position: {
      LatLng: `20.${minute}°, 106.${minute}°`,
      accuracyMeters: minute,
      timestamp: `2021-03-22T12:${minute}:00Z`,
    },
  });
  const path = (minute) => ({
    point: `20.${minute}°, 106.${minute}°`,
    time: `2021-03-22T12:${minute}:00Z`,
  });
  const segment = {
    startTime: "2021-03-22T12:00:00Z",
    endTime: "2021-03-22T13:00:00Z",
    timelinePath: [path(20), path(40)],
  };
  const history = await readHistory(
    json({ rawSignals: [signal(30), signal(50), signal(10)], semanticSegments: [segment] }),
  );
  assert.deepEqual(
    points(history).map(([, latitude, longitude, accuracy]) => [latitude, longitude, accuracy]),
    [
      [20.1, 106.1, 10],
      [20.2, 106.2, NaN],
      [20.3, 106.3, 30],
      [20.4, 106.4, NaN],
      [20.5, 106.5, 50],
    ],
  );
});

test("what lies outside of the days in question is counted, but not kept", async () => {
  const span = { first: at("2021-03-22 19:30"), last: at("2021-03-22 20:00") };
  const records = await readHistory(await sample("Records.json"), { span });
  assert.deepEqual(
    points(records).map(([time]) => time),
    ["2021-03-22 19:31:55", "2021-03-22 19:45:30"],
  );
  assert.deepEqual(records.read, { points: 6, stays: 0 });
  assert.deepEqual(
    [records.first, records.last].map((time) => new Date(time).toISOString()),
    ["2021-03-22T11:52:00.418Z", "2021-03-22T13:35:44.020Z"],
  );
  const timeline = await readHistory(await sample("timeline-android.json"), { span });
  assert.equal(timeline.stays.length, 1);
  assert.equal(timeline.read.stays, 2);
});

test("a file cut anywhere is damaged: nothing is concluded from half of one", async () => {
  for (const name of SAMPLES) {
    const whole = await sample(name);
    const end = Buffer.byteLength(whole.toString().trimEnd());
    for (let length = 1; length < end; length += Math.max(1, Math.floor(end / 150))) {
      const cut = whole.subarray(0, length);
      if (name === "track.gpx" && length < 5) continue;
      await failing(cut, "damaged", /byte \d+/);
    }
  }
});

test("data that goes wrong in the middle is damaged", async () => {
  await failing(bytes('{"locations": [{"timestamp": oops}]}'), "damaged", /no JSON between bytes/);
  await failing(bytes('{"locations": []}{"locations": []}'), "damaged", /more data from byte 17/);
  await failing(bytes("[1, 2"), "damaged");
  await failing(bytes('{"locations": [ {} }'), "damaged");
  await failing(bytes("<gpx><trk></gpx></trk>"), "damaged");
  await failing(bytes(`<gpx><trk name="${"x".repeat(2_000_000)}`), "damaged", /no end/);
  await failing(bytes("<gpx><trk><name>a < b</name></trk></gpx>"), "damaged");
});

test("files of other kinds are told apart", async () => {
  await failing(bytes("PK\x03\x04rest of a zip"), "unknown-format", /zip/);
  await failing(
    bytes('<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document/></kml>'),
    "unknown-format",
    /kml/,
  );
  await failing(bytes("<!DOCTYPE html><html><body></body></html>"), "unknown-format", /html/);
  await failing(json({ timelineEdits: [{ deviceId: "0" }] }), "unknown-format");
  await failing(json({ type: "FeatureCollection", features: [] }), "unknown-format");
  await failing(json([{ name: "not a segment" }, 5]), "unknown-format");
  await failing(json({ locations: [{ lat: 20, lon: 106, time: 1616415330 }] }), "unknown-format");
  await failing(json({ toString: [1], constructor: [2] }), "unknown-format");
  await failing(bytes("Thời gian,Nơi\n22/3,Chợ"), "not-json");
  await failing(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), "not-json");
});

test("a file with nothing to compare is empty", async () => {
  await failing(new Uint8Array(0), "empty");
  await failing(bytes("\uFEFF \n"), "empty");
  await failing(bytes("[]"), "empty");
  await failing(json({ locations: [] }), "empty");
  await failing(json({ semanticSegments: [], rawSignals: [] }), "empty");
  await failing(
    json({ locations: [{ timestamp: "2021-03-22T12:00:00Z" }] }),
    "empty",
    /1 entries unreadable/,
  );
  await failing(bytes("<gpx/>"), "empty");
  await failing(bytes('<gpx><wpt lat="20" lon="106"><name>no time</name></wpt></gpx>'), "empty");
});

test("a file above the limit is refused before it is read", async () => {
  assert.equal(LARGEST_FILE, 200 * 1024 * 1024);
  await failing(new Uint8Array(LARGEST_FILE + 1), "too-large", /209715201 bytes/);
});

test("reading tells how far it is, also where nothing is wanted, and can be cancelled", async () => {
  const filler = Array.from({ length: 60_000 }, () => ({ unwanted: "data" }));
  const record = {
    timestamp: "2021-03-22T12:00:00Z",
    latitudeE7: 208449000,
    longitudeE7: 1066881000,
  };
  const tags = "<trkpt lat='20' lon='106'><time>2021-03-22T12:00:00Z</time></trkpt>".repeat(20_000);
  for (const file of [
    json({ other: filler, locations: [record] }),
    json({ locations: filler.fill(record) }),
    bytes(`<gpx>${tags}</gpx>`),
  ]) {
    const told = [];
    await readHistory(file, { onProgress: (done) => told.push(done) });
    assert.ok(
      told.length >= file.length / (256 * 1024),
      `${told.length} times for ${file.length} bytes`,
    );
    assert.deepEqual(
      told,
      [...told].sort((one, other) => one - other),
    );
    assert.equal(told[told.length - 1], 1);
    let asked = 0;
    await assert.rejects(readHistory(file, { isCancelled: () => (asked += 1) === 3 }), Cancelled);
    assert.equal(asked, 3);
  }
});
