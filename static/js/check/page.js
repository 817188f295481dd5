/** The page "Was I there?": what was entered is compared here and goes nowhere. */

import { Cancelled, Failure, HistoryFile } from "./file.js";
import { List } from "./list.js";
import { matchFlights, matchStays, merged, notCompared } from "./matching.js";
import { Results, aboutList } from "./results.js";
import { FlightRow, Rows, StayRow } from "./rows.js";
import { counted } from "./wording.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("check"));
const words = JSON.parse(document.getElementById("check-words").textContent);
const list = new List(form.dataset.list, words.windows);
const page = { words, list, announce };
const stays = new Rows(part("stays"), () => new StayRow(page), part("add-stay"));
const flights = new Rows(part("flights"), () => new FlightRow(page), part("add-flight"));
const file = new HistoryFile(form.dataset.worker, words);
const results = new Results(words);
/** The list on its way. @type {Promise<boolean>} */
let loading = load();

part("check-stuck").remove();
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
form.addEventListener("input", () => say(""));
part("check-again").addEventListener("click", () => {
  loading = load();
});

/** @returns {Promise<boolean>} whether there is a list */
async function load() {
  part("check-offline").hidden = true;
  try {
    await list.load();
  } catch {
    part("check-offline").hidden = false;
    return false;
  }
  part("about-list").textContent = aboutList(list.data, words);
  const without = notCompared(list.data).length;
  part("not-compared").textContent = without ? counted(words["not-compared"], without) : "";
  return true;
}

async function check() {
  if (!(await loading)) return;
  await list.refresh();
  const said = [...stays.read(), ...flights.read()];
  if (said.includes(null)) {
    form.querySelector("[aria-invalid=true]").focus();
    return;
  }
  if (!said.length && !file.chosen) {
    say(words.problems["nothing-entered"]);
    stays.rows[0].input("what").focus();
    return;
  }
  results.hide();
  const data = list.current;
  const compared = file.chosen ? await compare(data) : { matches: [], summary: null };
  if (!compared) return;
  const named = said.flatMap((one) => one.stays);
  results.show({
    data,
    matches: merged([
      ...matchStays(data, named),
      ...matchFlights(data, said.flatMap((one) => one.flights)),
      ...compared.matches,
    ]),
    units: named.flatMap(({ ward, district }) => [ward ?? district]),
    unlisted: said.flatMap((one) => one.unlisted),
    summary: compared.summary,
  });
}

/** With the file; null if that cannot be, which is said beside it then. */
async function compare(data) {
  try {
    return await file.compare(data);
  } catch (error) {
    if (error instanceof Failure) file.input.focus();
    else if (error instanceof Cancelled) part("go").focus();
    else throw error;
    return null;
  }
}

function say(/** @type {string} */ problem) {
  part("nothing-entered").textContent = problem;
  part("nothing-entered").hidden = !problem;
}

function announce(/** @type {string} */ text) {
  part("said").textContent = text;
}

/** @returns {HTMLElement} */
function part(/** @type {string} */ id) {
  return document.getElementById(id);
}
