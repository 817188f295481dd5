/* The portal without a network: pages that were seen, and the check, from the device itself.

   Served as /sw.js by portal/web/offline.py, which puts the constant PORTAL before it (the release,
   the static files to have ready, and the addresses that it has to know), and behind it
   service-worker-notices.js.

   One classic script and no modules: Firefox runs modules as service workers only since 2025, and
   a worker that fails to import a part of itself would be a worker that nobody can reach.

   Three things hold throughout:
   - The network comes first for pages. Only when it is silent does the device speak, and the page
     then says so. Whatever fails in here, the browser's own fetch answers.
   - Only public pages without a query are kept: nothing of the admin, no search, nobody's form.
   - A kept page stays with the files that it was made with: their names are made of their content.
*/

/**
 * @typedef {{release: string, static: string, files: string[], offline: {vi: string, en: string},
 *   check: string[], data: string[],
 *   push: {icon: string, unread: Record<"vi" | "en", {title: string, body: string}>}}} Portal
 */

const CACHES = `portal-${PORTAL.release}`;
const STATIC = `${CACHES}-static`;
const PAGES = `${CACHES}-pages`;
const CHECK = `${CACHES}-check`;
/** What push.js keeps for this worker; of no release. */
const PUSH = { cache: "portal-push", path: "/push-memory" };

/** How many pages are kept, of both languages together; the one seen longest ago goes first. */
const PAGES_KEPT = 20;
/** How long, in ms, a slow network is waited for when there is a saved copy. */
const PATIENCE = 4_000;
/** How old, in ms, the saved check may be before a visit fetches it anew. */
const CHECK_AGE = 10 * 60_000;
/** How long, in ms, an answer that came too late counts as the answer of the reload it led to. */
const LATE_COUNTS = 60_000;

const UNTOUCHED = /^(\/en)?\/(admin|api|healthz|readyz)(\/|$)|^\/static\/(.+\/)?admin[./]/;
const SHORT_ADDRESS = /^\/q\//i;
const NAMED_BY_CONTENT = /\.[0-9a-f]{12}\.\w+$/;

/** When an answer came that its reader had stopped waiting for, by path. @type {Map<string, number>} */
const cameLate = new Map();

/* --- what may be kept */

/** Every page ends in a slash; searches, filters and handed-over links have a query. @param {URL} url */
function isPublicPage(url) {
  return (
    url.pathname.endsWith("/") &&
    !url.search &&
    !UNTOUCHED.test(url.pathname) &&
    !SHORT_ADDRESS.test(url.pathname) &&
    !Object.values(PORTAL.offline).includes(url.pathname)
  );
}

/**
 * A whole, public answer of this portal. That it set a cookie cannot be seen in here; the server
 * says `no-store` of such an answer (portal/web/headers.py), and Django `Vary: Cookie`.
 * @param {Response} response
 */
function mayBeKept(response) {
  const header = (name) => response.headers.get(name) ?? "";
  return (
    response.status === 200 &&
    // From this portal, or made in here of what was.
    ["basic", "default"].includes(response.type) &&
    !response.redirected &&
    /^(text\/html|application\/json)\b/.test(header("Content-Type")) &&
    !/no-store|private/i.test(header("Cache-Control")) &&
    // From a cache that speaks while the portal is silent: kept, it would pass for one of now.
    !/\bmade\b/.test(header("Server-Timing")) &&
    !/cookie|\*/i.test(header("Vary"))
  );
}

/* --- keeping */

const cacheOf = (path) => caches.open(PORTAL.check.concat(PORTAL.data).includes(path) ? CHECK : PAGES);

/** @param {string} path */
async function kept(path) {
  return (await cacheOf(path)).match(path, { ignoreVary: true });
}

/**
 * Keeps `response` with the device's time of now, and forgets what was seen longest ago.
 * @param {string} path
 * @param {Response} response
 */
async function keep(path, response) {
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding"); // the body is decoded already
  headers.delete("Content-Length");
  headers.set("X-Saved-At", new Date().toISOString());
  // Rejects when the network broke off in the middle: half a page is never kept.
  const body = await response.arrayBuffer();
  const cache = await cacheOf(path);
  await put(cache, path, new Response(body, { headers }));
  const paths = await cache.keys();
  await Promise.all(paths.slice(0, Math.max(paths.length - PAGES_KEPT, 0)).map((old) => cache.delete(old)));
}

/**
 * Puts last in `cache`, whose order is by when something was put there. If the device is full, the
 * oldest makes room; if that is not enough, nothing is kept, and nobody is told: the page is there.
 * @param {Cache} cache
 * @param {string | Request} key
 * @param {Response} response
 */
async function put(cache, key, response) {
  for (;;) {
    try {
      return await cache.put(key, response.clone());
    } catch (error) {
      const [oldest] = await cache.keys();
      if (error.name !== "QuotaExceededError" || !oldest) return undefined;
      await cache.delete(oldest);
    }
  }
}

/* --- answering */

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || request.headers.has("Range")) return;
  if (url.origin !== location.origin || UNTOUCHED.test(url.pathname)) return;
  const answer = answerTo(event, url);
  if (answer) event.respondWith(answer.catch(() => fetch(request)));
});

/**
 * @param {FetchEvent} event
 * @param {URL} url
 * @returns {Promise<Response> | null} null: the browser's own business
 */
function answerTo(event, url) {
  if (url.pathname.startsWith(PORTAL.static)) return staticFile(event, url.pathname);
  if (event.request.mode === "navigate") {
    return isPublicPage(url) ? page(event, url.pathname) : unkeptPage(event, url.pathname);
  }
  return PORTAL.data.includes(url.pathname) && !url.search ? data(event, url.pathname) : null;
}

/** @param {FetchEvent} event @param {string} path */
async function staticFile(event, path) {
  const cache = await caches.open(STATIC);
  const file = await cache.match(path, { ignoreVary: true });
  if (file) return file;
  const response = await fetch(event.request);
  if (response.status === 200 && NAMED_BY_CONTENT.test(path)) {
    event.waitUntil(put(cache, path, response.clone()));
  }
  return response;
}

/** @param {FetchEvent} event @param {string} path */
async function page(event, path) {
  if (Date.now() - (cameLate.get(path) ?? 0) < LATE_COUNTS) {
    cameLate.delete(path);
    return kept(path);
  }
  const { first, late } = await firstOf(event, path);
  if (!first.isSaved) return first.response;
  const saved = first.response.clone();
  event.waitUntil(late.then(() => offer(event, path), () => putLast(path, saved)));
  return marked(first.response);
}

/** @param {FetchEvent} event @param {string} path */
async function unkeptPage(event, path) {
  return fetch(event.request).catch((error) => offlinePage(path, error));
}

/** The data of the check says itself when it was made. @param {FetchEvent} event @param {string} path */
async function data(event, path) {
  return (await firstOf(event, path, newestData(path, event.request))).first.response;
}

/**
 * The list of the check from the network: the kept one with what has changed since, as `changed`
 * in it, where the portal can tell that; else the whole.
 * @param {string} path
 * @param {Request} request for the whole
 */
async function newestData(path, request) {
  const saved = await kept(path);
  const list = await saved?.json().catch(() => null);
  if (!list?.version) return fetch(request);
  const asked = `${path}?tu=${encodeURIComponent(list.version)}`;
  // Where it cannot be told the answer leads to the whole, which is asked for in its own name.
  const answer = await fetch(asked, { cache: request.cache, redirect: "manual" });
  if (!mayBeKept(answer)) return fetch(request);
  const changed = await answer.json();
  // Made before the kept one: the portal's clock was set back.
  if (Date.parse(changed.at) < Date.parse((list.changed ?? list).at)) return fetch(request);
  return new Response(JSON.stringify({ ...list, changed }), {
    headers: { "Content-Type": answer.headers.get("Content-Type") },
  });
}

/**
 * The network's answer, or the saved copy if the network fails or keeps silent for too long.
 * An error of the server is an answer only if there is nothing better.
 * @param {FetchEvent} event
 * @param {string} path
 * @param {Promise<Response>} arriving
 * @returns {Promise<{first: {response: Response, isSaved: boolean}, late: Promise<void>}>} `late`
 *   resolves when an answer has come and is kept, and rejects when none comes
 */
async function firstOf(event, path, arriving = fetch(event.request)) {
  const keeping = arriving.then((response) => {
    if (!mayBeKept(response)) throw new Error(`not to be kept: ${response.status}`);
    return keep(path, response.clone());
  });
  event.waitUntil(keeping.catch(() => {}));
  const saved = await kept(path);
  if (!saved) {
    const response = await arriving.catch((error) => offlinePage(path, error));
    return { first: { response, isSaved: false }, late: keeping };
  }
  const good = arriving.then((response) => (response.status < 500 ? response : null));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  const response = await Promise.race([good.catch(() => null), patience]);
  const first = response ? { response, isSaved: false } : { response: saved, isSaved: true };
  return { first, late: keeping };
}

/** Tells the page that shows the copy saved earlier. @param {FetchEvent} event @param {string} path */
async function offer(event, path) {
  cameLate.set(path, Date.now());
  const client = await self.clients.get(event.resultingClientId);
  client?.postMessage("fresh");
}

/** The saved page, which portal.js can then tell from a fresh one. @param {Response} saved */
async function marked(saved) {
  const html = await saved.text();
  const mark = `<html data-saved-at="${saved.headers.get("X-Saved-At")}"`;
  return new Response(html.replace("<html", mark), { headers: saved.headers });
}

/** The saved page was seen now, so that it is not the next to go. @param {string} path @param {Response} saved */
async function putLast(path, saved) {
  await put(await cacheOf(path), path, saved);
}

/** @param {string} path @param {Error} error why there is no answer */
async function offlinePage(path, error) {
  if (PORTAL.data.includes(path)) throw error;
  const language = path.startsWith("/en/") ? "en" : "vi";
  const offline = await (await caches.open(STATIC)).match(PORTAL.offline[language]);
  if (!offline) throw error;
  return offline;
}

/* --- after a visit: portal.js says so when the page has loaded and the device is idle */

self.addEventListener("message", (event) => {
  if (event.data === "visited") event.waitUntil(visited(new URL(event.source.url)).catch(() => {}));
});

/** @param {URL} url */
async function visited(url) {
  // The very first page came before there was a worker to keep it.
  if (isPublicPage(url) && !(await kept(url.pathname))) await keepFromNetwork(url.pathname);
  if (navigator.connection?.saveData) return;
  const english = url.pathname.startsWith("/en/");
  for (const path of PORTAL.check.concat(PORTAL.data)) {
    if (path.startsWith("/en/") !== english) continue;
    const saved = await kept(path);
    const savedAt = saved ? Date.parse(saved.headers.get("X-Saved-At")) : 0;
    if (Date.now() - savedAt > CHECK_AGE) await keepFromNetwork(path);
  }
}

/** @param {string} path */
async function keepFromNetwork(path) {
  const request = new Request(path, { cache: "no-cache" });
  const response = await (PORTAL.data.includes(path) ? newestData(path, request) : fetch(request));
  if (mayBeKept(response)) await keep(path, response);
}

/* --- one release after another

   A new worker takes over at once (skipWaiting, claim) and does not wait until every tab is closed,
   which on a phone can take weeks: an error in a worker must be mendable within one visit. That is
   safe because pages and worker agree on very little (data-saved-at, two messages), and because a
   page that is open goes on asking for the files of its own release by names that no other content
   will ever have: they come with it into the new cache, or from the network.

   If anything that must be ready cannot be fetched, the installation fails, the former worker stays
   and the browser tries again at a later visit.
*/

self.addEventListener("install", (event) => {
  event.waitUntil(install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver().then(() => self.clients.claim()));
});

async function install() {
  const cache = await caches.open(STATIC);
  const offline = Object.values(PORTAL.offline);
  await Promise.all([...PORTAL.files, ...offline].map(async (path) => {
    const isFinal = NAMED_BY_CONTENT.test(path);
    const known = isFinal && (await caches.match(path, { ignoreVary: true }));
    if (known) return cache.put(path, known);
    return cache.add(new Request(path, { cache: isFinal ? "default" : "reload" }));
  }));
}

/** Takes the saved pages of earlier releases over, with the files they name, and deletes the rest. */
async function takeOver() {
  const isFormer = (name) => !name.startsWith(CACHES) && name !== PUSH.cache;
  const former = (await caches.keys()).filter(isFormer);
  const [pages, files] = await Promise.all([caches.open(PAGES), caches.open(STATIC)]);
  let named = "";
  for (const [path, response] of await contentsOf(former, "-pages")) {
    named += await response.clone().text();
    await put(pages, path, response);
  }
  for (const [path, response] of await contentsOf(former, "-static")) {
    if (NAMED_BY_CONTENT.test(path) && named.includes(path)) await put(files, path, response);
  }
  await Promise.all(former.map((name) => caches.delete(name)));
}

/** @param {string[]} names @param {string} ending @returns {Promise<[string, Response][]>} */
async function contentsOf(names, ending) {
  const contents = [];
  for (const name of names.filter((each) => each.endsWith(ending))) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      contents.push([new URL(request.url).pathname, await cache.match(request)]);
    }
  }
  return contents;
}
