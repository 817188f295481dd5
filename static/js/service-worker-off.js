/* Served as /sw.js when the operator sets SERVICE_WORKER=0: what was kept is deleted and the worker
   goes. Open pages stay as they are; the next one comes straight from the network. */

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.map((name) => caches.delete(name))))
      .finally(() => self.registration.unregister()),
  );
});
