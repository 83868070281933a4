// Emoji, found by name in English and German: by the button, or by a colon and two letters while one writes.
import { type } from "./formatting.js";

const SHOWN = 64;
const SUGGESTED = 6;
let known = null; // [sign, English words, German words]

const button = () => document.getElementById("emoji-button");
const field = () => document.getElementById("composer-text");
const inGerman = () => document.documentElement.lang.startsWith("de");
const nameOf = ([, english, german]) => (inGerman() ? german : english);

async function names() {
  if (known) return known;
  const response = await fetch(button().dataset.emojiNames);
  known = response.ok ? await response.json() : [];
  return known;
}

const folded = (text) => text.toLowerCase().normalize("NFD").replace(/\p{Mn}/gu, "").replaceAll("ß", "ss");

async function found(asked) {
  const words = folded(asked).split(/\s+/).filter(Boolean);
  const starts = (row) => {
    const there = folded(`${row[1]} ${row[2]}`).split(" ");
    return words.every((word) => there.some((each) => each.startsWith(word)));
  };
  return (await names()).filter(starts);
}

function option(row) {
  const item = document.createElement("button");
  item.type = "button";
  item.className = "emoji";
  item.textContent = row[0];
  item.title = nameOf(row);
  item.setAttribute("aria-label", nameOf(row));
  return item;
}

// The picker

function close({ back = true } = {}) {
  document.getElementById("emoji")?.remove();
  button()?.setAttribute("aria-expanded", "false");
  if (back) field()?.focus();
}

function fill(list, rows) {
  list.replaceChildren(...rows.slice(0, SHOWN * 4).map(option));
  if (!rows.length) list.textContent = button().dataset.emojiNone;
}

async function open() {
  const here = field().selectionStart;
  const picker = document.createElement("div");
  picker.id = "emoji";
  picker.setAttribute("role", "dialog");
  picker.setAttribute("aria-label", button().title);
  const search = document.createElement("input");
  Object.assign(search, { type: "search", className: "input", placeholder: button().dataset.emojiSearch });
  search.setAttribute("aria-label", button().dataset.emojiSearch);
  const list = document.createElement("div");
  list.className = "emoji-list";
  picker.append(search, list);
  button().after(picker);
  button().setAttribute("aria-expanded", "true");
  search.focus();
  fill(list, await names());
  search.addEventListener("input", async (event) => {
    event.stopPropagation(); // nothing of the draft has changed
    fill(list, await found(search.value));
  });
  picker.addEventListener("click", (event) => {
    const chosen = event.target.closest(".emoji");
    if (!chosen) return;
    close();
    type(chosen.textContent, here, here);
  });
  picker.addEventListener("keydown", (event) => {
    const items = [...list.querySelectorAll(".emoji")];
    const at = items.indexOf(document.activeElement);
    const perRow = Math.max(1, Math.floor(list.clientWidth / (items[0]?.offsetWidth || 36)));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && at < 0) items[0]?.click();
    else if (step && (at >= 0 || event.key === "ArrowDown")) {
      const to = at < 0 ? 0 : at + step;
      if (to < 0) search.focus();
      else items[Math.min(to, items.length - 1)]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

document.addEventListener("click", (event) => {
  const picker = document.getElementById("emoji");
  if (event.target.closest?.("#emoji-button")) {
    if (picker) close();
    else open();
  } else if (picker && !picker.contains(event.target)) close({ back: false });
});

// A colon and two letters: a few of that name, chosen by Tab or Enter; anything else goes on with the text.
const ASKED = /(?:^|\s):([\p{L}]{2,20})$/u;
let offered = null; // {rows, at, from}

function withdraw() {
  document.getElementById("emoji-offer")?.remove();
  field()?.removeAttribute("aria-controls");
  offered = null;
}

function draw() {
  const list = document.getElementById("emoji-offer") ?? document.createElement("ul");
  list.id = "emoji-offer";
  list.setAttribute("role", "listbox");
  list.replaceChildren(
    ...offered.rows.map((row, number) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", number === offered.at);
      item.textContent = `${row[0]} ${nameOf(row)}`;
      item.dataset.number = number;
      return item;
    }),
  );
  if (!list.isConnected) field().closest(".writing").append(list);
  field().setAttribute("aria-controls", list.id);
}

function choose(number) {
  const { rows, from } = offered;
  const until = field().selectionStart;
  withdraw();
  type(rows[number][0], from, until);
}

document.addEventListener("input", async (event) => {
  if (event.target.id !== "composer-text") return;
  const here = field();
  const asked = ASKED.exec(here.value.slice(Math.max(0, here.selectionStart - 24), here.selectionStart));
  if (!asked) return withdraw();
  const at = here.selectionStart;
  const rows = (await found(asked[1])).slice(0, SUGGESTED);
  if (here !== field() || here.selectionStart !== at) return;
  if (!rows.length) return withdraw();
  offered = { rows, at: 0, from: at - asked[1].length - 1 };
  draw();
});
document.addEventListener(
  "keydown",
  (event) => {
    if (!offered || event.target.id !== "composer-text" || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      offered.at = (offered.at + step + offered.rows.length) % offered.rows.length;
      draw();
    } else if (["Enter", "Tab"].includes(event.key) && !event.ctrlKey && !event.metaKey && !event.shiftKey) choose(offered.at);
    else if (event.key === "Escape") withdraw();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.("#emoji-offer [data-number]");
  if (!item) return withdraw();
  event.preventDefault(); // the focus stays in the text
  choose(Number(item.dataset.number));
});
