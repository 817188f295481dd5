/**
 * Prints whether lists with their changes are the whole lists: in, as JSON, `{phrases, histories}`,
 * each `{files, whole}`: a first file of the portal, what it answered to the version of the file
 * before it each time, and the whole file of the last time. Out: for each, both as a reader sees
 * them.
 */

import { readFileSync } from "node:fs";

import { decode, pathOf, updated } from "../../static/js/check/data.js";

const { phrases, histories } = JSON.parse(readFileSync(0, "utf8"));
const seen = histories.map(({ files, whole }) => {
  const [first, ...changes] = files.map((file) => decode(file, phrases));
  return [changes.reduce(followed, first), decode(whole, phrases)].map(asSeen);
});
process.stdout.write(JSON.stringify(seen));

function followed(list, answer) {
  return answer.since === null ? answer : updated(list, answer);
}

/** Without the order and the numbers of things, which mean nothing to a reader. */
function asSeen({ at, version, provinces, units, entries, vietnamese }) {
  const unitOf = (unit) =>
    typeof unit === "number"
      ? pathOf(units, unit).map((one) => [units[one].key, units[one].name, units[one].level])
      : unit;
  const told = entries.map((entry) => ({
    ...entry,
    province: provinces[entry.province],
    ward: unitOf(entry.ward),
    district: unitOf(entry.district),
    untranslated: entry.actions.filter((action) => vietnamese.has(action)),
  }));
  return {
    at,
    version,
    lines: bySlug(provinces.filter(({ hotlines }) => hotlines.length)),
    entries: told.sort((one, other) => (one.code < other.code ? -1 : 1)),
  };
}

function bySlug(provinces) {
  return provinces.sort((one, other) => (one.slug < other.slug ? -1 : 1));
}
