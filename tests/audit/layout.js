/**
 * What is wrong with the layout of the page as it stands: a list of complaints, empty if all text
 * can be read and all controls can be hit.
 */
() => {
  const complaints = [];
  const root = document.documentElement;
  const named = (element) =>
    `<${element.tagName.toLowerCase()}${element.id && "#" + element.id} class="${element.className}">` +
    ` “${element.textContent.trim().replace(/\s+/g, " ").slice(0, 40)}”`;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  // For the ears only: clipped on purpose, or waiting above the page until it has the focus.
  const unseen = (element) => element.closest(".hidden, .visually-hidden, .skip, .skip-to-content-link");

  const overflow = root.scrollWidth - root.clientWidth;
  if (overflow > 0) complaints.push(`the page is ${overflow} px wider than the window`);

  for (const element of document.body.querySelectorAll("*")) {
    // What is typed moves within its field by itself.
    if (!shown(element) || unseen(element) || element.closest("svg, input")) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    const cut = (way) => way === "hidden" || way === "clip";
    if (cut(overflowX) && element.scrollWidth > element.clientWidth + 1)
      complaints.push(`cut at the side: ${named(element)}`);
    if (cut(overflowY) && element.scrollHeight > element.clientHeight + 1)
      complaints.push(`cut below: ${named(element)}`);
  }

  // Lines of text, each with its box; a fifth of the height is the room for marks above and below.
  const lines = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || !shown(parent) || unseen(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      if (box.width < 1) continue;
      const room = box.height / 5;
      lines.push({ text, left: box.left, right: box.right, top: box.top + room, bottom: box.bottom - room });
    }
  }
  lines.sort((a, b) => a.top - b.top);
  lines.forEach((line, index) => {
    for (let next = index + 1; next < lines.length && lines[next].top < line.bottom; next++) {
      const other = lines[next];
      if (other.text === line.text) continue;
      if (Math.min(line.right, other.right) - Math.max(line.left, other.left) > 1)
        complaints.push(`“${line.text.data.trim()}” lies over “${other.text.data.trim()}”`);
    }
  });

  for (const control of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (!shown(control) || unseen(control) || control.type === "hidden") continue;
    control.scrollIntoView({ block: "center", inline: "nearest" });
    const box = control.getClientRects()[0];
    const hit = box && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (!hit || !(control.contains(hit) || hit.contains(control)))
      complaints.push(`out of reach: ${named(control)}`);
  }
  scrollTo(0, 0);
  return complaints;
};
