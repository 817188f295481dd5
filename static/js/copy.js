/**
 * Buttons that copy the text of a field. Without this module they stay hidden, and the field can
 * be selected and copied as any text.
 */

/**
 * @param {HTMLTextAreaElement} field
 * @returns {Promise<boolean>} whether the text is on the clipboard
 */
async function copied(field) {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // No clipboard without https or permission; older browsers copy what is selected.
    return document.execCommand("copy");
  }
}

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (
  document.querySelectorAll("button[data-copies]")
)) {
  const field = document.getElementById(button.dataset.copies ?? "");
  const status = button.parentElement?.querySelector("[role=status]");
  if (!(field instanceof HTMLTextAreaElement) || !(status instanceof HTMLElement)) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copied(field);
    status.textContent = (done ? status.dataset.said : status.dataset.failed) ?? "";
  });
}
