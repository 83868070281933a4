// After a swap the focus goes to what changed: the first [data-autofocus] that came in. Otherwise it stays.

document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
  const target = arrived.matches?.("[data-autofocus]") ? arrived : arrived.querySelector?.("[data-autofocus]");
  target?.focus();
});
// A page that came with something to put right (a form with errors) begins there.
document.querySelector("[data-autofocus]")?.focus();
