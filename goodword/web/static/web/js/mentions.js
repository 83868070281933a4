// "@" in a note opens a small list of colleagues; what is chosen is written out. Plain text works without it.
import { announce } from "../../ui/js/announce.js";

const BEFORE_CURSOR = /(?:^|[\s("'“„[])@([^\s@"“„][^@\n]{0,40})?$/u;
const MOST = 6;
let list = null; // the open list
let from = 0; // where the "@" stands
const known = new Map(); // by the address of the conversation

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const field = () => document.querySelector(".composer-note #composer-text");
const options = () => [...list.querySelectorAll("[role=option]:not([hidden])")];
const chosen = () => list.querySelector("[aria-selected=true]");

function colleagues(address) {
  if (!known.has(address)) {
    const asked = fetch(address, { headers: { "HX-Request": "true" } }).then((answer) => (answer.ok ? answer.text() : ""));
    known.set(address, asked.catch(() => known.delete(address) && ""));
  }
  return known.get(address);
}

function close() {
  list?.remove();
  list = null;
  for (const name of ["aria-controls", "aria-activedescendant"]) field()?.removeAttribute(name);
}

function choose(option) {
  chosen()?.removeAttribute("aria-selected");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field().setAttribute("aria-activedescendant", option.id);
  announce(option.textContent.trim());
}

function write(option) {
  const area = field();
  const { call } = option.dataset;
  area.setRangeText(`${call} `, from, area.selectionEnd, "end");
  close();
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function look() {
  const area = field();
  const match = area && document.activeElement === area && area.selectionStart === area.selectionEnd && BEFORE_CURSOR.exec(area.value.slice(0, area.selectionEnd));
  if (!match) return close();
  const typed = folded(match[1] ?? "");
  const address = `${document.getElementById("conversation").dataset.url.split("?")[0]}callable/`;
  const html = await colleagues(address);
  if (area !== field() || BEFORE_CURSOR.exec(area.value.slice(0, area.selectionEnd))?.[0] !== match[0]) return; // typed on meanwhile
  if (!list) {
    list = new DOMParser().parseFromString(html, "text/html").querySelector("#callable");
    if (!list) return;
    document.getElementById("main").append(list); // within the landmark
  }
  from = area.selectionEnd - (match[1] ?? "").length - 1;
  let shown = 0;
  for (const option of list.children) {
    const name = folded(option.lastChild.textContent.trim());
    option.hidden = !(name.startsWith(typed) || name.includes(` ${typed}`)) || shown >= MOST;
    shown += option.hidden ? 0 : 1;
  }
  if (!shown) return close();
  const place = area.getBoundingClientRect();
  list.style.left = `${place.left + 12}px`;
  list.style.bottom = `${window.innerHeight - place.top + 4}px`;
  area.setAttribute("aria-controls", list.id);
  choose(options()[0]);
}

document.addEventListener("input", (event) => event.target === field() && look());
document.addEventListener("focusout", (event) => event.target === field() && close());
document.addEventListener("htmx:beforeSwap", close);
document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("#callable [role=option]");
  if (!option) return;
  event.preventDefault(); // the note keeps the focus
  write(option);
});
document.addEventListener(
  "keydown",
  (event) => {
    if (!list || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = options();
    const place = all.indexOf(chosen());
    if (event.key === "ArrowDown") choose(all[(place + 1) % all.length]);
    else if (event.key === "ArrowUp") choose(all[(place - 1 + all.length) % all.length]);
    else if (event.key === "Enter" || event.key === "Tab") write(all[place]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
