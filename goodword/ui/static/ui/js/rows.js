// A cursor over the rows of a list: j and k move it, o and Enter open, x picks the row.
// Where a conversation stands open beside the list, moving on opens the next.
// Markup: [data-rows] holds [data-row]s, each with one link (the first). Labels for the help come from
// data-label-next, data-label-previous, data-label-open and data-label-select on [data-rows].
import { register } from "./keys.js";
import { clear, keepPicks, pick } from "./picks.js";

const OPENS_AFTER_MS = 180; // who holds the key passes over rows without opening each
const list = () => document.querySelector("[data-rows]");
const rows = () => [...(list()?.querySelectorAll("[data-row]") ?? [])];
const marked = () => list()?.querySelector(".row-cursor");
const current = () => marked() ?? rows().find((row) => row.contains(document.activeElement)) ?? rows().find((row) => row.hasAttribute("aria-current"));
let at = { id: "", index: -1, hadFocus: false }; // the cursor, also when its row has just left
let opening = 0;

function mark(row) {
  marked()?.classList.remove("row-cursor");
  row.classList.add("row-cursor");
}

/** Put the cursor on a row, and the focus with it. */
export function moveTo(row) {
  if (!row) return;
  mark(row);
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("a[href]")?.focus({ preventScroll: true });
  at = { id: row.id, index: rows().indexOf(row), hadFocus: true };
}

/** Open what the cursor stands on. */
export function open(row = current()) {
  row?.querySelector("a[href]")?.click();
}

const isOpenBeside = () => document.getElementById("conversation")?.dataset.id != null && document.getElementById("conversation").checkVisibility();

function step(by) {
  const all = rows();
  const here = current();
  const next = here ? all[all.indexOf(here) + by] : all[0];
  if (!next) return;
  moveTo(next);
  clearTimeout(opening);
  if (isOpenBeside()) opening = setTimeout(() => marked() === next && open(next), OPENS_AFTER_MS);
}

// x picks and goes on, so that x x x picks three; on a row that is picked it takes it off again.
function pickHere() {
  const row = current() ?? rows()[0];
  if (!row) return;
  const all = rows();
  if (pick(row)) moveTo(all[all.indexOf(row) + 1] ?? row);
  else moveTo(row);
}

const labels = list()?.dataset;
if (labels) {
  register("j", labels.labelNext ?? "", () => step(1), "list");
  register("k", labels.labelPrevious ?? "", () => step(-1), "list");
  register("o", labels.labelOpen ?? "", () => open(), "list");
  if (list().querySelector(".row-check") || labels.labelSelect) register("x", labels.labelSelect ?? "", pickHere, "list");
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], details.menu[open]")) return;
  if (event.target.closest?.("textarea, input:not([type=checkbox])")) return;
  if (clear()) event.preventDefault();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row) at = { id: row.id, index: rows().indexOf(row), hadFocus: true };
  else at.hadFocus = false;
});

// News draws rows anew or takes them away: the cursor stays on its row, or goes to the one that took its place.
function keepCursor() {
  keepPicks();
  if (!at.id || marked()) return;
  const row = document.getElementById(at.id) ?? rows()[Math.min(at.index, rows().length - 1)];
  if (!row) return;
  const isLost = at.hadFocus && (!document.activeElement || document.activeElement === document.body);
  at.id = row.id;
  mark(row);
  if (isLost) row.querySelector("a[href]")?.focus({ preventScroll: true });
}
if (list()) new MutationObserver(keepCursor).observe(list(), { childList: true });
