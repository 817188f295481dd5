import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";

import { makeData, makeHistory, recordsFile } from "../../bench/check_data.js";
import { matchHistory, spanOf } from "../../static/js/check/matching.js";
import { data, hours, place } from "./made.mjs";

/** A worker's global scope, as far as worker.js uses it. */
const scope = new EventTarget();
/** @type {any[]} what the worker has said since the last `ask` */
let heard = [];
let listening = () => {};

before(async () => {
  globalThis.self = Object.assign(scope, {
    postMessage(message) {
      heard.push(structuredClone(message));
      listening(message);
    },
  });
  await import("../../static/js/check/worker.js");
});

function send(message) {
  scope.dispatchEvent(Object.assign(new Event("message"), { data: structuredClone(message) }));
}

/** Sends a file and waits for the answer. */
function ask(entries, bytes) {
  heard = [];
  const answer = new Promise((resolve) => {
    listening = (message) => message.type !== "progress" && resolve(message);
  });
  send({
    type: "match",
    data: entries,
    file: {
      name: "file",
      bytes: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    },
  });
  return answer;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const EVENING = data(
  place({ windows: [hours("2021-03-22 19:00", "2021-03-22 21:30")] }),
  place({ point: null }),
);
const sample = (name) => readFile(new URL(`samples/${name}`, import.meta.url));

test("a file comes in, the matches and a summary go out", async () => {
  const answer = await ask(EVENING, await sample("timeline-android.json"));
  assert.equal(answer.type, "result");
  assert.deepEqual(
    answer.matches.map(({ certainty, why, minutes }) => [certainty, why, minutes]),
    [["certain", "overlap", 50]],
  );
  const { first, last, ...counts } = answer.summary;
  assert.deepEqual(counts, { points: 5, stays: 2, skipped: 0, notCompared: 1 });
  assert.deepEqual(
    [first, last].map((time) => new Date(time).toISOString()),
    ["2021-03-22T11:50:12.000Z", "2021-03-22T23:40:00.000Z"],
  );
});

test("the worker finds what the functions find", async () => {
  const entries = makeData(1000, 7);
  const history = makeHistory(20_000, 8, entries);
  const { matches } = await ask(entries, recordsFile(history));
  assert.ok(matches.length > 10);
  assert.deepEqual(matches, structuredClone(await matchHistory(entries, history)));
  assert.ok(spanOf(entries).first < history.first);
});

test("a file that cannot be read: the reason and a detail", async () => {
  const { type, reason, detail } = await ask(EVENING, Buffer.from("no history"));
  assert.deepEqual([type, reason], ["failed", "not-json"]);
  assert.match(detail, /byte/);
  assert.equal((await ask(EVENING, Buffer.from("{}"))).reason, "unknown-format");
});

test("progress is told for both phases, from 0 on, at least every 100 ms", async () => {
  const entries = makeData(2000, 1);
  const file = recordsFile(makeHistory(60_000, 2, entries));
  // Of the processor, since other processes of the machine may hold this one up.
  const milliseconds = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  const times = [];
  const answer = ask(entries, file);
  const answering = listening;
  listening = (message) => {
    times.push(milliseconds());
    answering(message);
  };
  await answer;
  const told = heard.filter(({ type }) => type === "progress");
  assert.deepEqual([...new Set(told.map(({ phase }) => phase))], ["reading", "matching"]);
  for (const phase of ["reading", "matching"]) {
    const done = told.filter((one) => one.phase === phase).map((one) => one.done);
    assert.equal(done[0], 0);
    assert.ok(done.every((part, i) => part >= (done[i - 1] ?? 0) && part <= 1));
  }
  const gaps = times.slice(1).map((time, i) => Math.round(time - times[i]));
  assert.ok(gaps.length > 5 && Math.max(...gaps) < 100, `gaps: ${gaps}`);
});

for (const phase of ["reading", "matching"]) {
  test(`a cancel is heard in the middle of ${phase}: nothing more is said, and the worker is ready again`, async () => {
    const entries = makeData(2000, 1);
    const file = recordsFile(makeHistory(60_000, 2, entries));
    ask(entries, file);
    await new Promise((resolve) => {
      const isMiddle = ({ done }) => done > 0 || phase === "matching";
      // As a message comes: when the worker lets others have their turn, and not before.
      listening = (message) =>
        message.phase === phase && isMiddle(message) && setImmediate(resolve);
    });
    const said = heard.length;
    assert.ok(heard.every(({ type }) => type === "progress"));
    send({ type: "cancel" });
    await pause(400);
    assert.equal(heard.length, said);
    assert.equal((await ask(EVENING, await sample("track.gpx"))).type, "result");
  });
}

test("a second file takes the place of the first", async () => {
  const entries = makeData(2000, 1);
  ask(entries, recordsFile(makeHistory(60_000, 2, entries)));
  const answer = await ask(EVENING, await sample("track.gpx"));
  assert.equal(answer.summary.points, 5);
  await pause(400);
  assert.equal(heard.filter(({ type }) => type === "result").length, 1);
});
