// Today and the ledger: the keys of a row, the moment a kept promise stays, and news in its place.
import { announce } from "../../ui/js/announce.js";
import { register } from "../../ui/js/keys.js";

const GATHER_MS = 250;
const CLOSING_MS = 140;
const page = () => document.querySelector("main[data-live]");
const cursor = () => document.querySelector("[data-rows] .row-cursor");

// What can be done with a row stands once on the page: each gets its own of it.
const acts = document.getElementById("owed-acts");
function furnish(within) {
  for (const row of [within, ...within.querySelectorAll("[data-acts]")]) {
    if (!acts || !row.dataset?.acts || row.querySelector(".owed-more")) continue;
    const own = row.querySelector(".owed-chip").getAttribute("href");
    const mine = row.dataset.acts.split(" ");
    row.querySelector(".owed-act").insertAdjacentHTML("beforebegin", acts.innerHTML.replaceAll(acts.dataset.about, own));
    for (const act of row.querySelectorAll("[data-act]")) if (!mine.includes(act.dataset.act)) act.remove();
  }
}
furnish(document.body);

// Keys act on the row under the cursor, whatever the mouse is over.
const labels = document.getElementById("today-list")?.dataset;
if (labels) {
  const press = (key) => () => (cursor()?.querySelector(`[data-act-key="${key}"]`) ?? document.querySelector(`[data-closes-after] [data-act-key="${key}"]`))?.click();
  register("r", labels.labelAct, press("r"));
  register("e", labels.labelKeep, () => (cursor()?.querySelector('[data-act-key="e"]') ?? cursor()?.querySelector("button[data-act-key=r]"))?.click());
  register("m", labels.labelMove, press("m"));
  register("w", labels.labelHand, press("w"));
}

// A kept promise stays a while, with Undo, unless someone is at it; then its row closes.
function closeLater(row) {
  const close = () => {
    if (!row.isConnected) return;
    if (row.matches(":hover, :focus-within")) {
      setTimeout(close, 1000);
      return;
    }
    row.classList.add("is-closing");
    setTimeout(() => {
      row.remove();
      refresh();
    }, CLOSING_MS);
  };
  setTimeout(close, Number(row.dataset.closesAfter));
}
document.addEventListener("htmx:load", (event) => {
  const row = event.detail.elt;
  if (row.matches?.("[data-acts]")) {
    furnish(row);
    window.htmx.process(row);
  }
  if (!row.matches?.("[data-closes-after]")) return;
  const said = row.querySelector(".chip")?.textContent.trim();
  if (said) announce(said);
  // By keys one goes on with the next row; Undo is on z.
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
  rows[rows.indexOf(row) + 1]?.classList.add("row-cursor");
  closeLater(row);
});

// What happens elsewhere: the page's parts are fetched again, and put in place where nobody is at them.

let gathering = 0;
let isWaiting = false;
const served = new WeakMap();

function isInUse(part) {
  return part.matches(":hover, :focus-within") || part.querySelector("[data-closes-after], details[open]") || document.querySelector("dialog[open]");
}

async function refresh() {
  const main = page();
  if (!main || "still" in main.dataset || document.hidden) return;
  const address = new URL(main.dataset.live, window.location.href);
  address.searchParams.set("fragment", "live");
  let response;
  try {
    response = await fetch(address, { headers: { "HX-Request": "true" } });
  } catch {
    return; // the stream comes back by itself, and then all is looked at again
  }
  if (response.status === 401) window.location.reload();
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  isWaiting = false;
  for (const part of document.querySelectorAll("[data-live-part], #nav")) {
    const other = fresh.getElementById(part.id);
    if (!other || served.get(part) === other.outerHTML) continue;
    if (isInUse(part)) isWaiting = true;
    else put(part, other);
  }
}

function put(part, fresh) {
  const at = cursor()?.id;
  const element = document.importNode(fresh, true);
  served.set(element, fresh.outerHTML);
  furnish(element);
  part.replaceWith(element);
  window.htmx?.process(element);
  const row = at && element.querySelector(`#${CSS.escape(at)}`);
  if (!row) return;
  element.querySelectorAll(".row-cursor").forEach((each) => each.classList.remove("row-cursor"));
  row.classList.add("row-cursor");
}

function soon() {
  gathering ||= setTimeout(() => {
    gathering = 0;
    refresh();
  }, GATHER_MS);
}
document.addEventListener("goodword:changed", soon);
document.addEventListener("visibilitychange", () => document.hidden || soon());
for (const type of ["mouseout", "focusout"]) document.addEventListener(type, (event) => isWaiting && event.target.closest?.("[data-live-part]") && soon());
// What is due moves on with the clock, though nothing happens.
if (page()) setInterval(soon, 60000);

// Choosing in the ledger's form asks at once.
document.addEventListener("change", (event) => event.target.closest?.("form[data-submits]")?.requestSubmit());
