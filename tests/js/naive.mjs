/**
 * The rules of matching.js and visits.js once more, the slow and plain way: every window against
 * every position, one minute after another, no index, distances on the sphere.
 */

const MINUTE = 60_000;
const RECENT = 28 * 24 * 60 * MINUTE;

/** All matches of a history, each window on its own: `{code, when, certainty, why, minutes, distance}`. */
export function naiveMatches(data, history) {
  const made = Date.parse(data.at);
  const found = [];
  for (const entry of data.entries) {
    if (entry.kind !== "place" || !entry.point) continue;
    for (const window of entry.windows.length
      ? entry.windows
      : [{ start: null, when: undefined }]) {
      if (window.start === null && entry.point.approximate) continue;
      const said = judge(entry.point, window, history, made);
      if (said) found.push({ code: entry.code, when: window.when, ...said });
    }
  }
  return found;
}

function judge(point, window, history, made) {
  const from = window.start ?? made - RECENT;
  const to = window.start === null ? made : window.end;
  const inside = ({ start, end }) => start < to && end > from;
  const presences = presencesAt(point, history).filter(inside);
  const there = presences.filter(({ place }) => place === "there");
  const here = there.length ? there : presences;
  if (!here.length) return null;
  const minutes = (some) => {
    const counted = new Set();
    for (const { start, end } of some) {
      for (let minute = start; minute < end; minute += MINUTE) {
        if (minute >= from && minute < to) counted.add(minute);
      }
    }
    return counted.size;
  };
  const exact = here.filter(({ hoursKnown }) => hoursKnown);
  const areHoursKnown = window.startKnown === true && window.endKnown === true && exact.length > 0;
  const distance = Math.round(Math.min(...here.map((presence) => presence.distance)));
  const said = { minutes: areHoursKnown ? minutes(exact) : null, distance };
  if (!there.length) return { certainty: "possible", why: "nearby", ...said };
  const passing = minutes(here) < 5;
  if (window.start === null) return { certainty: "possible", why: "time-unknown", ...said };
  if (areHoursKnown) return { certainty: passing ? "likely" : "certain", why: "overlap", ...said };
  return { certainty: passing ? "possible" : "likely", why: "same-day", ...said };
}

function presencesAt(point, history) {
  const fixes = [...history.times.keys()]
    .map((i) => ({
      time: history.times[i],
      ...standing(point, history.latitudes[i], history.longitudes[i], history.accuracies[i]),
    }))
    .filter(({ error }) => error <= 500);
  const presences = [];
  for (const place of ["there", "near"]) {
    const counts = (fix) => fix.isThere || (place === "near" && fix.isNear);
    let visit = null;
    for (const fix of fixes) {
      if (!fix.isNear) visit = null;
      if (!counts(fix)) continue;
      if (visit && fix.time - visit.last <= 30 * MINUTE) {
        visit.last = fix.time;
        visit.distance = Math.min(visit.distance, fix.distance);
      } else {
        visit = {
          place,
          start: fix.time,
          last: fix.time,
          distance: fix.distance,
          hoursKnown: true,
        };
        presences.push(visit);
      }
    }
  }
  for (const visit of presences) {
    visit.start = Math.floor(visit.start / MINUTE) * MINUTE;
    visit.end = Math.floor(visit.last / MINUTE) * MINUTE + MINUTE;
  }
  for (const stay of history.stays) {
    const { isThere, isNear, distance } = standing(point, stay.latitude, stay.longitude, NaN);
    if (!isNear) continue;
    const start = Math.floor(stay.start / MINUTE) * MINUTE;
    const end = Math.max(start + MINUTE, Math.ceil(stay.end / MINUTE) * MINUTE);
    presences.push({
      place: isThere ? "there" : "near",
      start,
      end,
      distance,
      hoursKnown: stay.hoursKnown,
    });
  }
  return presences;
}

function standing(point, latitude, longitude, accuracy) {
  const error = Number.isNaN(accuracy) ? 50 : accuracy;
  const distance = Math.max(0, haversine(point, { latitude, longitude }) - point.radius);
  const isThere = !point.approximate && distance === 0 && error <= point.radius;
  const isNear = point.approximate ? distance === 0 : distance <= error;
  return { error, distance, isThere, isNear };
}

function haversine(one, other) {
  const radian = Math.PI / 180;
  const half = (from, to) => Math.sin(((to - from) * radian) / 2) ** 2;
  const chord =
    half(one.latitude, other.latitude) +
    Math.cos(one.latitude * radian) *
      Math.cos(other.latitude * radian) *
      half(one.longitude, other.longitude);
  return 2 * 6_371_009 * Math.asin(Math.sqrt(chord));
}
