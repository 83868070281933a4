// ⌘K or Ctrl+K: a field over the page that reaches every page, person, conversation, and every act of the open one.
// Pages and acts are read from the page itself, so that nothing here goes stale; the rest is asked of the server.
import { announce } from "../../ui/js/announce.js";
import { hold } from "../../ui/js/focus.js";
import { capsOf, labelOf, register } from "../../ui/js/keys.js";
import { filled } from "./menus.js";

const ASKS_AFTER_MS = 120;
const MOST = 12;
const dialog = document.getElementById("palette");
const field = document.getElementById("palette-field");
const list = document.getElementById("palette-list");
let giveBack = () => {}; // the focus, to what had it
let elsewhere = []; // what the server knows without words: settings, and what was looked at last
let answers = []; // what it found for the words in the field
let shown = [];
let chosen = 0;
let asking = 0;

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const plain = (element) => {
  const copy = element.cloneNode(true);
  for (const each of copy.querySelectorAll("kbd, time, .nav-count, .meta, .avatar")) each.remove();
  return copy.textContent.trim().replace(/\s+/g, " ");
};

function pages() {
  return [...document.querySelectorAll("#nav a[href]")].map((link) => ({ kind: "page", words: plain(link), more: "", url: link.href, key: link.dataset.key }));
}

// What stands in a menu is called by the menu as well: "Snooze: Tomorrow morning".
function acts() {
  const all = document.querySelectorAll("#conversation :is([data-key], .head .menu-body :is(a[href], button)), .bulk button, [data-shows-keys]");
  return [...all].flatMap((element) => {
    if (element.matches("textarea, input, select, details, [data-holds]")) return [];
    const menu = element.closest("details.menu");
    const isKept = element.checkVisibility() || menu?.checkVisibility();
    if (!isKept || (menu && element.checkVisibility() === false && getComputedStyle(element).display === "none")) return [];
    const summary = menu?.querySelector("summary");
    const words = element.dataset.keyLabel ?? (plain(element) || labelOf(element));
    // The keys are everybody's; the menu they stand in is called after who is signed in.
    const more = summary && !element.matches("[data-shows-keys]") ? summary.title || plain(summary) : "";
    return [{ kind: "act", words, more, key: element.dataset.key ?? element.dataset.act, element }];
  });
}

function matches(line, words) {
  const text = fold(`${line.words} ${line.more}`);
  return words.every((word) => text.includes(word));
}

const begins = (line, words) => fold(line.words).startsWith(words.join(" "));

function lines() {
  const words = fold(field.value).split(/\s+/).filter(Boolean);
  const here = [...acts(), ...pages(), ...elsewhere.filter((line) => line.kind === "page")];
  const known = new Map();
  if (!words.length) for (const line of [...elsewhere.filter((line) => line.kind !== "page"), ...here]) known.set(nameOf(line), line);
  else {
    const found = here.filter((line) => matches(line, words));
    for (const line of [...found.filter((each) => begins(each, words)), ...answers, ...found]) if (!known.has(nameOf(line))) known.set(nameOf(line), line);
  }
  return [...known.values()].filter((line) => line.words).slice(0, MOST);
}

const nameOf = (line) => (line.url ? new URL(line.url, window.location.href).pathname + new URL(line.url, window.location.href).search : `${line.more} ${line.words}`);

function optionOf(line, index) {
  const option = document.createElement("div");
  option.id = `palette-${index}`;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", String(index === chosen));
  option.dataset.index = index;
  const kind = document.createElement("span");
  kind.className = "palette-kind";
  kind.textContent = dialog.dataset[line.kind];
  const words = document.createElement("b");
  words.textContent = line.words;
  const more = document.createElement("span");
  more.className = "palette-more";
  more.textContent = line.more;
  option.append(kind, words, more);
  if (line.key && !["keep", "move", "anew", "hand-over"].includes(line.key)) option.append(...capsOf(line.key));
  return option;
}

function draw() {
  shown = lines();
  chosen = Math.min(chosen, Math.max(shown.length - 1, 0));
  list.replaceChildren(...shown.map(optionOf));
  const none = document.getElementById("palette-none");
  none.hidden = shown.length > 0;
  none.textContent = dialog.dataset.none;
  point();
}

function point() {
  for (const option of list.children) option.setAttribute("aria-selected", String(Number(option.dataset.index) === chosen));
  const option = list.children[chosen];
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

async function ask() {
  const words = field.value.trim();
  let answer;
  try {
    answer = await fetch(`${dialog.dataset.url}?${new URLSearchParams({ q: words })}`, { headers: { "HX-Request": "true" } });
  } catch {
    return; // pages and acts are there without it
  }
  if (!answer.ok || !dialog.open || words !== field.value.trim()) return;
  const { found } = await answer.json();
  if (words) answers = found;
  else elsewhere = found;
  draw();
  announce(dialog.dataset.some.replace("%(n)s", shown.length));
}

/** Open the palette, empty. */
export function openPalette() {
  if (!dialog || dialog.open) return;
  giveBack = hold();
  field.value = "";
  answers = [];
  chosen = 0;
  dialog.showModal();
  field.focus();
  draw();
  ask();
  Promise.all([...document.querySelectorAll("#conversation .head details.menu")].map(filled)).then(() => dialog.open && draw());
}

function take(line) {
  dialog.close();
  if (!line) {
    if (field.value.trim()) window.location.assign(`${dialog.dataset.search}?${new URLSearchParams({ q: field.value })}`);
  } else if (line.element) line.element.click();
  else window.location.assign(line.url);
}

if (dialog) {
  register("mod+k", dialog.getAttribute("aria-label"), openPalette);
  document.addEventListener("click", (event) => event.target.closest?.("[data-opens-palette]") && openPalette());
  field.addEventListener("input", () => {
    chosen = 0;
    answers = field.value.trim() ? answers : [];
    draw();
    clearTimeout(asking);
    asking = setTimeout(ask, ASKS_AFTER_MS);
  });
  field.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && shown.length) {
      chosen = (chosen + by + shown.length) % shown.length;
      point();
    } else if (event.key === "Enter" && !event.isComposing) take(shown[chosen]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(shown[Number(option.dataset.index)]);
  });
  // mod+k again closes it, as Escape does.
  dialog.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => giveBack());
}
