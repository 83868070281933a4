// Picking rows of a list: their boxes, a range with Shift, all that is shown; and saying how many there are.
// Markup: .row-check in a [data-row]; #bulk-count with data-one and data-many; [data-selects-all]; the form has data-matching.
import { announce } from "./announce.js";

const list = () => document.querySelector("[data-rows]");
const boxes = () => [...(list()?.querySelectorAll(".row-check") ?? [])];
const picks = () => boxes().filter((box) => box.checked);
const picked = new Set(); // what the boxes say, kept while news draws their rows anew
let last = null; // where a range begins

function say() {
  const count = document.getElementById("bulk-count");
  const number = picks().length;
  picked.clear();
  for (const box of picks()) picked.add(box.value);
  if (!number) document.getElementById("bulk-matching")?.replaceChildren();
  if (!count) return;
  const words = number === 1 ? count.dataset.one : count.dataset.many.replace("%(n)s", number);
  if (number && count.textContent !== words) announce(words);
  count.textContent = words;
}

/** Tick a row, or take the tick off; whether it is ticked now. */
export function pick(row, on) {
  const box = row?.querySelector(".row-check");
  if (!box) return false;
  box.checked = on ?? !box.checked;
  last = box.value;
  say();
  return box.checked;
}

/** Take all ticks off; whether there were any. */
export function clear() {
  const some = picks();
  for (const box of some) box.checked = false;
  say();
  return some.length > 0;
}

function pickTo(box) {
  const all = boxes();
  const [from, to] = [all.findIndex((each) => each.value === last), all.indexOf(box)];
  if (from < 0) return;
  for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.(".row-check");
  if (box) {
    if (event.shiftKey) pickTo(box);
    last = box.value;
    say();
    return;
  }
  const row = event.shiftKey ? event.target.closest?.("[data-row]") : null;
  if (row?.querySelector(".row-check")) {
    event.preventDefault();
    event.stopPropagation();
    const its = row.querySelector(".row-check");
    its.checked = true;
    pickTo(its);
    last = its.value;
    say();
    return;
  }
  const all = event.target.closest?.("[data-selects-all]");
  if (!all) return;
  for (const each of boxes()) each.checked = true;
  say();
  const form = all.closest("form");
  // What is asked for only now: how many stand in the whole list.
  if (list().querySelector(".rows-older")) window.htmx?.ajax("GET", form.dataset.matching, { target: "#bulk-matching", swap: "innerHTML" });
}, true);

/** Rows were drawn anew, or left: what was ticked and is still there stays so. */
export function keepPicks() {
  for (const box of boxes()) if (picked.has(box.value)) box.checked = true;
  say();
}
// Done with them: in the list nothing is selected any more.
document.addEventListener("goodword:done", clear);
say();
