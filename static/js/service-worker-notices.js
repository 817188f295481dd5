/* What the service worker does with notices that come by Web Push: it shows them.
   alerts/delivery/channels/web_push.py says what is in them, in the reader's language.

   The second half of /sw.js: PORTAL and PUSH are of the first (service-worker.js). */

self.addEventListener("push", (event) => {
  const told = readNotice(event.data);
  event.waitUntil(told ? notify(told) : notifyUnread());
});

self.addEventListener("notificationclick", (event) => {
  const { url, manage } = event.notification.data;
  event.notification.close();
  event.waitUntil(openPage(event.action === "manage" ? manage : url));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(moveTo(event.newSubscription));
});

/** @param {PushMessageData | null} data @returns {any} null if it is none of ours */
function readNotice(data) {
  try {
    const told = data.json();
    const texts = [told.title, told.body, told.code, told.url, told.manage, told.words.manage];
    return texts.every((text) => typeof text === "string") ? told : null;
  } catch {
    return null;
  }
}

/** One notice is one notification, whatever is told of it later. */
async function notify({ title, body, language, code, kind, changed, url, manage, words }) {
  const [shown] = await self.registration.getNotifications({ tag: code });
  // The push service may have turned the order round.
  if (shown && Date.parse(shown.data.changed) > Date.parse(changed)) return;
  await self.registration.showNotification(title, {
    body,
    lang: language,
    tag: code,
    renotify: kind !== "new",
    icon: PORTAL.push.icon,
    data: { url, manage, changed },
    actions: [{ action: "manage", title: words.manage }],
  });
}

/** Something has come, and a browser wants it shown. It leads to where it can be read. */
async function notifyUnread() {
  const pages = (await remembered())?.pages ?? [];
  const url = pages.length === 1 ? pages[0] : (pages[0] ?? "/").replace(/^(\/en)?\/.*/, "$1/");
  const lang = url.startsWith("/en/") ? "en" : "vi";
  const { title, body } = PORTAL.push.unread[lang];
  const { icon } = PORTAL.push;
  await self.registration.showNotification(title, { body, lang, tag: "unread", icon, data: { url } });
}

/** Never on another site, whatever a message says. @param {string} address */
async function openPage(address) {
  const { pathname, search } = new URL(address, location.origin);
  const url = location.origin + pathname + search;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((each) => new URL(each.url).pathname === pathname);
  if (!open) return self.clients.openWindow(url);
  await open.focus();
  // What is open may be older than the notice.
  return open.navigate(url).catch(() => {});
}

/** Tells the portal the address that takes the place of the one it knows; if that fails, push.js
 *  does it at the next visit. @param {PushSubscription | null} given */
async function moveTo(given) {
  const former = await remembered();
  if (!former) return;
  const options = { userVisibleOnly: true, applicationServerKey: former.key };
  const subscription = given ?? (await self.registration.pushManager.subscribe(options));
  const { endpoint, keys } = subscription.toJSON();
  const now = { endpoint, p256dh: keys.p256dh, auth: keys.auth };
  const body = new URLSearchParams(now);
  for (const name of Object.keys(now)) body.set(`old-${name}`, former[name]);
  const answer = await fetch(former.move, { method: "POST", body, credentials: "omit" });
  if (!answer.ok) return;
  const memory = await caches.open(PUSH.cache);
  await memory.put(PUSH.path, new Response(JSON.stringify({ ...former, ...now })));
}

/** See the type Memory of push.js. */
async function remembered() {
  const found = await caches.match(PUSH.path, { cacheName: PUSH.cache });
  return found ? found.json() : null;
}
