/* The section "On this device" of the follow page (Web Push): subscribes the browser, shows what it
   gets, and stops it. All words stand in the page (templates/pages/follow/_push.html).

   A browser has one address for the whole portal, however many provinces it follows: it is given up
   only when the last one is left. What the service worker needs when this page is closed is kept in
   the cache `portal-push`: the address itself, so that a new one can take its place. */

/** @typedef {{endpoint: string, p256dh: string, auth: string}} Address */
/** @typedef {Address & {key: string, move: string, pages: string[]}} Memory */
/** @typedef {{subscribed: boolean, others?: boolean, minimum?: string, language?: string,
 *   units?: string[], problems?: string[]}} Answer */

const MEMORY = { cache: "portal-push", path: "/push-memory" };

const section = document.getElementById("push");
const { key, worker, subscribe, holding, leave, move, page } = section.dataset;
const form = section.querySelector("form");
const problem = section.querySelector(".problem");
const said = section.querySelector(".said");

/* --- what the resident sees */

/** @param {"off" | "on" | "denied" | "impossible"} state */
function show(state) {
  for (const element of section.querySelectorAll("[data-when]")) {
    element.hidden = !element.dataset.when.split(" ").includes(state);
  }
}

/** @param {string} [name] of a text in the page; none takes it away */
function say(name) {
  said.textContent = name ? said.dataset[name] : "";
}

/** @param {string[]} texts */
function showProblems(texts) {
  problem.hidden = !texts.length;
  problem.replaceChildren(...texts.map((text) => {
    const line = document.createElement("p");
    line.textContent = text;
    return line;
  }));
}

/** @param {Answer} held */
function fill({ minimum, language, units }) {
  for (const input of form.querySelectorAll("input")) {
    if (input.name === "minimum") input.checked = input.value === minimum;
    if (input.name === "language") input.checked = input.value === language;
    if (input.name === "units") input.checked = units.includes(input.value);
  }
}

/* --- the address of this browser */

/** @param {PushSubscription} subscription @returns {Address} */
function addressOf(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth };
}

/** Whether it was made with another key than the portal has now. @param {PushSubscription} known */
function isOutdated(known) {
  const bytes = known.options?.applicationServerKey;
  if (!bytes) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") !== key;
}

/** The subscription of this browser, made or made anew if need be. @param {PushManager} manager */
async function subscribed(manager) {
  const known = await manager.getSubscription();
  if (known && !isOutdated(known)) return known;
  await known?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

/** @returns {Promise<Memory | null>} */
async function remembered() {
  const found = await (await caches.open(MEMORY.cache)).match(MEMORY.path);
  return found ? found.json() : null;
}

/** @param {Address} address @param {string[]} pages of the provinces that it is subscribed to */
async function remember(address, pages) {
  const memory = await caches.open(MEMORY.cache);
  await memory.put(MEMORY.path, new Response(JSON.stringify({ ...address, key, move, pages })));
}

/** @param {boolean} isSubscribed */
async function rememberPage(address, isSubscribed) {
  const others = ((await remembered())?.pages ?? []).filter((each) => each !== page);
  await remember(address, isSubscribed ? [...others, page] : others);
}

/** Tells the portal if the browser has got another address since. @param {Address} address */
async function bringAlong(address) {
  const former = await remembered();
  if (!former || former.endpoint === address.endpoint) return;
  const old = Object.entries(addressIn(former)).map(([name, value]) => [`old-${name}`, value]);
  const { problems } = await post(move, address, old);
  if (!problems) await remember(address, former.pages);
}

/** @param {Memory} memory @returns {Address} */
const addressIn = ({ endpoint, p256dh, auth }) => ({ endpoint, p256dh, auth });

/**
 * @param {string} url
 * @param {Address} address
 * @param {Iterable<[string, FormDataEntryValue]>} more
 * @returns {Promise<Answer>} rejects when the portal cannot be reached or fails
 */
async function post(url, address, more = []) {
  const body = new URLSearchParams([...Object.entries(address), ...more]);
  const response = await fetch(url, { method: "POST", body, credentials: "omit" });
  return response.json();
}

/* --- what the buttons do */

async function join() {
  // First of all, while the browser still knows that a button was pressed.
  const permission = await Notification.requestPermission();
  if (permission !== "granted") {
    if (permission === "denied") show("denied");
    say("dismissed");
    return;
  }
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  const subscription = await subscribed(pushManager).catch(() => null);
  if (!subscription) {
    say("noService");
    return;
  }
  const address = addressOf(subscription);
  await bringAlong(address);
  const answer = await post(subscribe, address, new FormData(form));
  if (answer.subscribed) {
    await rememberPage(address, true);
    show("on");
    say("saved");
  } else {
    showProblems(answer.problems);
    if (!before) await subscription.unsubscribe();
  }
}

async function stop() {
  const { pushManager } = await navigator.serviceWorker.ready;
  const subscription = await pushManager.getSubscription();
  if (subscription) {
    const address = addressOf(subscription);
    const { others, problems } = await post(leave, address);
    if (problems) {
      showProblems(problems);
      return;
    }
    await rememberPage(address, false);
    if (!others) {
      await caches.delete(MEMORY.cache);
      await subscription.unsubscribe();
    }
  }
  show("off");
  say("left");
}

/** @param {() => Promise<void>} work */
async function whileBusy(work) {
  const buttons = [...form.querySelectorAll("button")];
  const focused = document.activeElement;
  showProblems([]);
  say();
  form.setAttribute("aria-busy", "true");
  for (const button of buttons) button.disabled = true;
  try {
    await work();
  } catch {
    say("failed");
  }
  form.removeAttribute("aria-busy");
  for (const button of buttons) button.disabled = false;
  // The button that was pressed may be gone: its neighbour takes its place.
  const next = focused?.checkVisibility?.() ? focused : buttons.find((one) => !one.hidden);
  if (buttons.includes(focused)) next?.focus();
}

async function start() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    show("impossible");
    return;
  }
  if (Notification.permission === "denied") {
    show("denied");
    return;
  }
  show("off");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(join);
  });
  form.querySelector(".second").addEventListener("click", () => whileBusy(stop));
  const manager = (await navigator.serviceWorker.getRegistration())?.pushManager;
  if (!(await manager?.getSubscription())) return;
  const address = addressOf(await subscribed(manager));
  await bringAlong(address);
  const held = await post(holding, address);
  if (!held.subscribed) return;
  fill(held);
  show("on");
}

// Without an answer nothing is known of this device; its button says what to do all the same.
start().catch(() => {});
