// On a phone the bar at the foot gives way to who writes. Never between press and release: the composer moves with it,
// and a tap would miss what it was aimed at.
const FIELDS = "textarea, select, input:not([type=checkbox], [type=radio], [type=file])";
const AFTER_A_PRESS_MS = 300;
let looking = 0;

function look() {
  const at = document.activeElement;
  if (!at?.closest(".composer")) delete document.body.dataset.writing;
  else if (at.matches(FIELDS)) document.body.dataset.writing = "";
}

function lookSoon() {
  clearTimeout(looking);
  looking = setTimeout(look, AFTER_A_PRESS_MS);
}

for (const name of ["focusin", "focusout", "htmx:afterSettle"]) document.addEventListener(name, lookSoon);
lookSoon();
