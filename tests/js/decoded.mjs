/** Prints what `data.js` makes of a file of the portal: in, as JSON, `{file, phrases}`. */

import { readFileSync } from "node:fs";

import { decode } from "../../static/js/check/data.js";

const { file, phrases } = JSON.parse(readFileSync(0, "utf8"));
const { vietnamese, ...data } = decode(file, phrases);
process.stdout.write(JSON.stringify({ ...data, vietnamese: [...vietnamese] }));
