/* On every page: it stays true while it lies saved on the device or is left open, or comes from a
   cache because the portal itself does not answer; and the service worker that saves it
   (service-worker.js) is started once the page has loaded.

   What has been in force carries `data-listed-until`; what the page says in either case stands in
   its elements and templates (base.html). */

const root = document.documentElement;
const { now, savedAt, worker } = root.dataset;
/** How long, in ms, the page had lain in the cache that answered instead of the portal; said by
 *  deploy/nginx.conf.template in seconds of one clock, and in no other case. */
const staleFor = savedAt ? 0 : 1_000 * (timed("now") - timed("made"));
/** When, by the device's clock, the portal's clock showed `data-now`; in ms. */
const since = savedAt ? Date.parse(savedAt) : Date.now() - staleFor;

/** Between two looks at the clock, in ms, even if nothing ends before: the device may sleep. */
const LONGEST = 60_000;
let timer = 0;

/** What the header Server-Timing says of `name`. @param {string} name */
function timed(name) {
  const [visit] = performance.getEntriesByType("navigation");
  return visit?.serverTiming?.find((each) => each.name === name)?.duration ?? 0;
}

/** A moment as pages say it: 08:00 26/03/2021. @param {string} iso with the offset of Việt Nam */
export function spoken(iso) {
  return `${iso.slice(11, 16)} ${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`;
}

/** The day in Việt Nam, which knows no summer time. @param {number} at in ms */
const dayOf = (at) => Math.floor((at + 7 * 3_600_000) / 86_400_000);

/** Marks what is no longer in force. The portal's clock is believed, the device's only for what
 *  has passed since: it may be set wrongly, and the clock of a demonstration shows another year. */
function mark() {
  const rendered = Date.parse(now);
  const at = rendered + Math.max(Date.now() - since, 0);
  // "3 more days" was counted on the day of rendering.
  root.classList.toggle("later", dayOf(at) !== dayOf(rendered));
  let next = at + LONGEST;
  for (const element of document.querySelectorAll("[data-listed-until]")) {
    const until = Date.parse(element.dataset.listedUntil);
    if (until <= at) markAsOver(element);
    else next = Math.min(next, until);
  }
  clearTimeout(timer);
  timer = setTimeout(mark, next - at);
}

/** @param {HTMLElement} element */
function markAsOver(element) {
  element.removeAttribute("data-listed-until");
  element.classList.add("over");
  const instead = element.querySelector(":scope > template");
  if (instead) {
    element.classList.replace("current", "past");
    element.replaceChildren(instead.content);
  }
  element.querySelector(".posted")?.prepend(words("past"));
  const section = element.closest("#notices, #results");
  if (section && !section.querySelector("[data-listed-until]")) {
    const first = section.querySelector(".over");
    (first.closest("ul") ?? first).before(words("all-over"));
  }
}

/** @param {string} id of a template */
const words = (id) => document.getElementById(id).content.cloneNode(true);

function saySaved() {
  const banner = document.getElementById("saved");
  if (staleFor) banner.querySelector("p").replaceWith(words("stale"));
  banner.hidden = false;
  navigator.serviceWorker?.addEventListener("message", ({ data }) => {
    if (data === "fresh") banner.replaceChildren(words("fresh"));
  });
}

async function startWorker() {
  await navigator.serviceWorker.register(worker);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("visited");
}

if (savedAt || staleFor) saySaved();
mark();
document.addEventListener("visibilitychange", mark);

if (worker && "serviceWorker" in navigator) {
  const whenIdle = window.requestIdleCallback ?? ((start) => setTimeout(start, 2_000));
  // Refused by a private window or a full device: then there is the network only, as before.
  addEventListener("load", () => whenIdle(() => startWorker().catch(() => {})));
}
