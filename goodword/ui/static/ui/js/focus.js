// After a swap the focus goes to what changed: the first [data-autofocus] that came in. Otherwise it stays; and what
// was drawn anew meanwhile, or has left, gives it to what stands in its place.

/** What has the focus now. Call what this returns to give it back. */
export function hold() {
  const held = document.activeElement;
  const id = held?.closest("[id]")?.id;
  return () => {
    const again = held?.isConnected && held !== document.body ? held : document.getElementById(id);
    const target = again?.matches("[data-row]") ? again.querySelector("a[href]") : again;
    target?.focus({ preventScroll: true });
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = document.querySelector("[data-rows] .row-cursor a[href]") ?? document.getElementById("main");
    next?.focus({ preventScroll: true });
  };
}

document.addEventListener("htmx:load", (event) => {
  const arrived = event.detail.elt;
  const target = arrived.matches?.("[data-autofocus]") ? arrived : arrived.querySelector?.("[data-autofocus]");
  target?.focus();
});
// A page that came with something to put right (a form with errors) begins there.
document.querySelector("[data-autofocus]")?.focus();
