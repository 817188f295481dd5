/**
 * Made-up data of the portal and a made-up location history, the same for the same seed: for the
 * measurement in bench/check.py and for the tests of its short form in tests/js.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AT = Date.UTC(2021, 2, 26, 1); // 26/03/2021 08:00 in Vietnam
const HAI_PHONG = { latitude: 20.845, longitude: 106.688 };
// Of the city, in degrees: some 13 by 13 km.
const CITY = 0.12;

/**
 * Numbers in 0..1 that look like chance (Mulberry32).
 * @param {number} seed
 * @returns {() => number}
 */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Places all over one city, in the four weeks before `at`: some with only their day, one in ten
 * with only its ward.
 * @param {number} windows how many, each of a place of its own
 * @param {number} seed
 * @returns {import("../static/js/check/matching.js").Data}
 */
export function makeData(windows, seed) {
  const next = chance(seed);
  const entries = Array.from({ length: windows }, (_, i) => {
    const approximate = next() < 0.1;
    const dayKnownOnly = next() < 0.2;
    const begin = AT - Math.ceil(next() * 28) * DAY + Math.floor(next() * 12 * 60) * MINUTE;
    const day = Math.floor((begin + 7 * 60 * MINUTE) / DAY) * DAY - 7 * 60 * MINUTE;
    const window = dayKnownOnly
      ? { start: day, end: day + DAY, startKnown: false, endKnown: false, when: `${i}` }
      : {
          start: begin,
          end: begin + (30 + Math.floor(next() * 180)) * MINUTE,
          startKnown: true,
          endKnown: true,
          when: `${i}`,
        };
    return {
      kind: /** @type {const} */ ("place"),
      code: `HP${i}`,
      url: `/hai-phong/dia-diem/HP${i}/`,
      province: 0,
      name: `Cửa hàng số ${i}`,
      where: "Hải Phòng",
      actions: ["Khai báo y tế."],
      tier: /** @type {const} */ ("casual"),
      listedUntil: AT + 14 * DAY,
      point: {
        latitude: HAI_PHONG.latitude + (next() - 0.5) * CITY,
        longitude: HAI_PHONG.longitude + (next() - 0.5) * CITY,
        radius: approximate ? 1900 : 100,
        approximate,
      },
      ward: null,
      district: null,
      windows: [window],
    };
  });
  const provinces = [{ slug: "hai-phong", name: "Hải Phòng", url: "/hai-phong/", hotlines: [] }];
  return { at: new Date(AT).toISOString(), version: 1, provinces, units: [], entries };
}

/**
 * Somebody who goes about the city over the four weeks before `at`, often to a place of the data
 * while its window is open.
 * @param {number} points
 * @param {number} seed
 * @param {import("../static/js/check/matching.js").Data} data
 * @returns {import("../static/js/check/matching.js").History}
 */
export function makeHistory(points, seed, data) {
  const next = chance(seed);
  const times = new Float64Array(points);
  const latitudes = new Float64Array(points);
  const longitudes = new Float64Array(points);
  const accuracies = new Float32Array(points);
  const step = (28 * DAY) / points;
  let { latitude, longitude } = HAI_PHONG;
  for (let i = 0; i < points; i += 1) {
    times[i] = Math.floor(AT - 28 * DAY + i * step);
    if (next() < 0.01) {
      latitude = HAI_PHONG.latitude + (next() - 0.5) * CITY;
      longitude = HAI_PHONG.longitude + (next() - 0.5) * CITY;
      const open = data.entries.filter(
        ({ windows: [{ start, end }] = [] }) => start <= times[i] && times[i] < end,
      );
      if (open.length && next() < 0.3)
        ({ latitude, longitude } = open[Math.floor(next() * open.length)].point);
    }
    latitudes[i] = Math.round((latitude + (next() - 0.5) * 0.0005) * 1e7) / 1e7;
    longitudes[i] = Math.round((longitude + (next() - 0.5) * 0.0005) * 1e7) / 1e7;
    accuracies[i] = next() < 0.05 ? 1500 : 5 + Math.floor(next() * 60);
  }
  const [first, last] = [times[0], times[points - 1]];
  const read = { points, stays: 0 };
  return { times, latitudes, longitudes, accuracies, stays: [], first, last, skipped: 0, read };
}

/**
 * The history as Google Takeout's Records.json writes it, with what else stands there.
 * @param {import("../static/js/check/matching.js").History} history
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function recordsFile({ times, latitudes, longitudes, accuracies }) {
  const records = Array.from(times, (time, i) => {
    const timestamp = new Date(time).toISOString();
    const activity = [
      { type: "STILL", confidence: 62 },
      { type: "IN_VEHICLE", confidence: 24 },
      { type: "ON_FOOT", confidence: 9 },
      { type: "UNKNOWN", confidence: 5 },
    ];
    return JSON.stringify({
      latitudeE7: Math.round(latitudes[i] * 1e7),
      longitudeE7: Math.round(longitudes[i] * 1e7),
      accuracy: accuracies[i],
      ...(i % 4 ? {} : { activity: [{ activity, timestamp }] }),
      source: "WIFI",
      deviceTag: 1234567890,
      platformType: "ANDROID",
      osLevel: 30,
      serverTimestamp: timestamp,
      deviceTimestamp: timestamp,
      batteryCharging: false,
      formFactor: "PHONE",
      timestamp,
    });
  });
  return new TextEncoder().encode(`{"locations":[${records.join(",")}]}`);
}
