/** A worker that reckons once and says how long it took. */

import { reckoning } from "./check_page.js";

postMessage(reckoning());
