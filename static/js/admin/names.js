/**
 * Says aloud what the widgets of Django's admin only show: a screen reader hears the name of a
 * field that offers what it finds (select2), and the hint beside a list to choose from.
 */

/** Select2 draws a field of its own beside the one that has the label. */
function nameFields() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${select.id}"]`);
    const drawn = select.nextElementSibling;
    if (!label || !drawn?.matches(".select2")) continue;
    label.id ||= `${select.id}_label`;
    for (const part of drawn.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")) {
      const chosen = part.matches("[role=combobox]") && drawn.querySelector("[id$=-container]");
      part.setAttribute("aria-labelledby", [label.id, chosen?.id].filter(Boolean).join(" "));
    }
  }
}

/** A name means nothing on an element that is not a picture, a control or a region. */
function nameHints() {
  for (const hint of document.querySelectorAll("span.help-tooltip[aria-label]")) {
    hint.setAttribute("role", "img");
  }
}

function name() {
  nameFields();
  nameHints();
}

// Django's scripts draw their widgets when all is loaded, in an order of their own.
addEventListener("load", () => setTimeout(name));
document.addEventListener("formset:added", () => setTimeout(name));
