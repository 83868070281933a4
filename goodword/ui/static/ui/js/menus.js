// <details class="menu">: one open at a time, closed by a click elsewhere or Escape; the focus goes back to its summary.

const open = () => [...document.querySelectorAll("details.menu[open]")];

function close(menu) {
  const heldFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (heldFocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = open().at(-1);
  if (!menu) return;
  if (event.key === "Escape") {
    close(menu);
    event.preventDefault();
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !menu.contains(event.target) || event.target.matches("input, textarea, select")) return;
  const items = [...menu.querySelectorAll(".menu-body :is(a[href], button, input, select)")].filter((item) => item.checkVisibility());
  items[(items.indexOf(document.activeElement) + by + items.length) % items.length]?.focus();
  event.preventDefault();
});
// A menu that htmx acted from closes once the answer is there.
document.addEventListener("htmx:afterRequest", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.detail.successful && !event.target.closest("[data-keeps-menu]")) close(menu);
});
// <button data-opens="dialog-id"> opens a dialog; a click on its veil closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  } else if (event.target.matches?.("dialog.dialog")) event.target.close();
});
