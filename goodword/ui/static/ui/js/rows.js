// A cursor over the rows of a list: j and k move it, Enter opens, x checks the row's box.
// Markup: [data-rows] holds [data-row]s, each with one link (the first). Labels for the help come from
// data-label-next, data-label-previous, data-label-open and data-label-select on [data-rows].
import { register } from "./keys.js";

const list = () => document.querySelector("[data-rows]");
const rows = () => [...(list()?.querySelectorAll("[data-row]") ?? [])];
const current = () => list()?.querySelector(".row-cursor");

function moveTo(row) {
  if (!row) return;
  current()?.classList.remove("row-cursor");
  row.classList.add("row-cursor");
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a[href]")?.focus({ preventScroll: true });
}

function step(by) {
  const all = rows();
  const here = current() ?? all.find((row) => row.contains(document.activeElement)) ?? all.find((row) => row.hasAttribute("aria-current"));
  moveTo(here ? all[all.indexOf(here) + by] : all[0]);
}

const labels = list()?.dataset;
if (labels) {
  register("j", labels.labelNext ?? "", () => step(1));
  register("k", labels.labelPrevious ?? "", () => step(-1));
  register("o", labels.labelOpen ?? "", () => current()?.querySelector("a[href]")?.click());
  register("x", labels.labelSelect ?? "", () => current()?.querySelector("input[type=checkbox]")?.click());
}

// The list is swapped when news comes: the cursor stays on its row, known by its id.
let kept = "";
document.addEventListener("htmx:beforeSwap", () => {
  kept = current()?.id ?? "";
});
document.addEventListener("htmx:afterSwap", () => {
  if (kept && !current()) document.getElementById(kept)?.classList.add("row-cursor");
});
