/**
 * When the map of exposure locations is loaded: as soon as it is scrolled to, or only when asked
 * for if the reader saves data. Until then nothing of it is requested but this file.
 */

/** @param {HTMLElement} section */
function prepare(section) {
  const button = section.querySelector('.map-wait button');
  button.hidden = false;
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) start(false);
  });
  /** @param {boolean} asked whether by the button, and so with the focus there */
  async function start(asked) {
    watcher.disconnect();
    button.hidden = true;
    show(section, 'loading');
    try {
      const [{ draw }, places, outlines] = await Promise.all([
        import('./map/view.js'),
        json(section.dataset.places),
        json(section.dataset.outlines),
        ...section.dataset.styles.split(' ').map(style),
        scripts(section.dataset.scripts.split(' ')),
      ]);
      const map = draw(section, places, outlines);
      if (asked) map.focus();
    } catch (error) {
      console.warn(error);
      show(section, 'failed');
      button.hidden = false;
    }
  }
  button.addEventListener('click', () => start(true));
  if (!savesData()) watcher.observe(section);
}

/** @returns {boolean} whether the reader asks pages to load little */
function savesData() {
  return navigator.connection?.saveData || matchMedia('(prefers-reduced-data: reduce)').matches;
}

/**
 * @param {HTMLElement} section
 * @param {'loading'|'failed'} state
 */
function show(section, state) {
  for (const text of section.querySelectorAll('[data-state]')) {
    text.hidden = text.dataset.state !== state;
  }
}

/**
 * @param {string} address
 * @returns {Promise<any>}
 */
async function json(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/** @param {string} address */
function style(address) {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address;
  // Before our own styles, which change some of it.
  return loaded(link, () => document.head.prepend(link));
}

/** @param {string[]} addresses of scripts that need one another in this order */
async function scripts(addresses) {
  for (const address of addresses) {
    const script = document.createElement('script');
    script.src = address;
    await loaded(script, () => document.head.append(script));
  }
}

/**
 * @param {HTMLElement} element
 * @param {() => void} insert
 * @returns {Promise<void>}
 */
function loaded(element, insert) {
  return new Promise((resolve, reject) => {
    element.onload = () => resolve();
    element.onerror = () => {
      element.remove();
      reject(new Error(`${element.src || element.href} could not be loaded`));
    };
    insert();
  });
}

for (const section of document.querySelectorAll('[data-map]')) prepare(section);
