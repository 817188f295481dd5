/* On the page that is shown without a network: the pages that are saved, the last seen first. */

import { spoken } from "./portal.js";

/**
 * @param {string} ending of the names of the caches to look into
 * @returns {Promise<[string, Document][]>} paths and pages
 */
async function savedPages(ending) {
  const pages = [];
  for (const name of await caches.keys()) {
    if (!name.endsWith(ending)) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url);
      if (!pathname.endsWith("/")) continue;
      const html = await (await cache.match(request)).text();
      pages.unshift([pathname, new DOMParser().parseFromString(html, "text/html")]);
    }
  }
  return pages;
}

/** @param {string} path @param {Document} page */
function row(path, page) {
  const item = document.getElementById("saved-page").content.cloneNode(true);
  const link = item.querySelector("a");
  link.href = path;
  link.lang = page.documentElement.lang;
  link.textContent = (page.querySelector("h1")?.textContent ?? page.title).trim();
  const time = item.querySelector("time");
  time.dateTime = page.documentElement.dataset.now;
  time.textContent = spoken(time.dateTime);
  return item;
}

const pages = [...(await savedPages("-check")), ...(await savedPages("-pages"))];
document.getElementById("saved-pages").append(...pages.map(([path, page]) => row(path, page)));
document.getElementById(pages.length ? "some-saved" : "none-saved").hidden = false;
