import assert from "node:assert/strict";
import { test } from "node:test";

import { makeData, makeHistory } from "../../bench/check_data.js";
import { matchHistory } from "../../static/js/check/matching.js";

// Measured: 0.1 s. What compares every point with every window needs several seconds.
const MOST_SECONDS = 2;

test("100,000 points against 2,000 windows take no time that anybody notices", async () => {
  const data = makeData(2000, 1);
  const history = makeHistory(100_000, 2, data);
  // Of the processor, since other processes of the machine may hold this one up.
  const began = process.cpuUsage();
  const matches = await matchHistory(data, history);
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  assert.ok(matches.length > 100, `${matches.length} matches`);
  assert.ok(matches.some(({ certainty }) => certainty === "certain"));
  assert.ok(seconds < MOST_SECONDS, `${seconds} s`);
});
