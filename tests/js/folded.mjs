/** Prints texts as `suggestions.js` folds them: in and out, as JSON, a list of texts. */

import { readFileSync } from "node:fs";

import { fold } from "../../static/js/check/suggestions.js";

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(fold)));
