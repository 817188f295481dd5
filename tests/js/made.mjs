/** What the tests are about: places, windows, stays and histories, with only what matters written. */

export const MINUTE = 60_000;

/** "2021-03-22 19:00" in Vietnam, as epoch ms; "24:00" is the end of a day. */
export function at(text) {
  const [, day, hour, minute, second = "0"] = /^(\S+) (\d\d):(\d\d)(?::(\d\d))?$/.exec(text);
  return (
    Date.parse(`${day}T00:00:00+07:00`) +
    (Number(hour) * 60 + Number(minute)) * MINUTE +
    Number(second) * 1000
  );
}

/** A window with both hours. */
export function hours(start, end) {
  return {
    start: at(start),
    end: at(end),
    startKnown: true,
    endKnown: true,
    when: `${start} – ${end}`,
  };
}

/** A window of days whose hours are not known. */
export function days(first, last = first) {
  const [start, end] = [at(`${first} 00:00`), at(`${last} 24:00`)];
  return { start, end, startKnown: false, endKnown: false, when: `${first} – ${last}` };
}

/** A window of which nothing is known. */
export const NO_TIME = { start: null, end: null, startKnown: false, endKnown: false, when: "?" };

/** The supermarket of the samples. */
export const SHOP = { latitude: 20.8449, longitude: 106.6881, radius: 100, approximate: false };

/** The ward around it. */
export const WARD = { latitude: 20.846, longitude: 106.69, radius: 1900, approximate: true };

let codes = 0;

export function place({ code = `P${(codes += 1)}`, windows = [], point = SHOP, ...others } = {}) {
  return {
    kind: "place",
    code,
    url: `/hai-phong/dia-diem/${code}/`,
    province: 0,
    name: code,
    where: "",
    actions: [],
    tier: "",
    listedUntil: at("2021-04-09 00:00"),
    point,
    ward: null,
    district: null,
    windows,
    ...others,
  };
}

export function flight({ code = `F${(codes += 1)}`, number = "VJ458", date = "2021-03-22" } = {}) {
  return {
    kind: "flight",
    code,
    url: `/chuyen-bay/${code}/`,
    province: 0,
    name: number,
    where: "",
    actions: [],
    tier: "",
    listedUntil: at("2021-04-09 00:00"),
    number,
    date,
    rows: "",
    route: "",
    when: "",
  };
}

/** The portal's data on 26/03/2021 at 08:00. */
export function data(...entries) {
  return { at: "2021-03-26T08:00:00+07:00", version: 1, provinces: [], units: [], entries };
}

/** Metres north and east of the shop. */
export function beside(north, east = 0) {
  const degree = 111_195;
  return {
    latitude: SHOP.latitude + north / degree,
    longitude: SHOP.longitude + east / (degree * Math.cos((SHOP.latitude * Math.PI) / 180)),
  };
}

/** A history of `[time, position, accuracy]`, in any order of arguments that is the order of time. */
export function history(points, stays = []) {
  const times = Float64Array.from(points, ([time]) => at(time));
  return {
    times,
    latitudes: Float64Array.from(points, ([, { latitude }]) => latitude),
    longitudes: Float64Array.from(points, ([, { longitude }]) => longitude),
    accuracies: Float32Array.from(points, ([, , accuracy = NaN]) => accuracy),
    stays: stays.map(([start, end, position, hoursKnown = true]) => ({
      start: at(start),
      end: at(end),
      ...position,
      hoursKnown,
    })),
    first: times[0],
    last: times[times.length - 1],
    skipped: 0,
    read: { points: points.length, stays: stays.length },
  };
}

/** What a match says, without what it is about. */
export function said({ certainty, why, minutes, distance }) {
  return { certainty, why, minutes, distance };
}
