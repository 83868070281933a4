// Keyboard shortcuts. Two ways to have one:
//   in markup:  <a href="…" data-key="g i" data-key-label="Open the inbox">  presses (or, on a field, focuses) the element
//   in code:    register("r", "Reply", fn, "conversation")
// A key is "r", "?", "Escape", "mod+k" (⌘ or Ctrl), "shift+a", or a sequence "g i". "?" lists them all.

const registered = new Map();
const SEQUENCE_MS = 1200;
let pending = "";
let pendingTimer = 0;

/** Call `fn(event)` on `key`; `group`: where the help lists it. Returns a function that takes the shortcut away again. */
export function register(key, description, fn, group = "page") {
  registered.set(key, { description, fn, group });
  return () => registered.delete(key);
}

function named(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (event.key.length > 1 || key !== event.key) ? "shift+" : "";
  return (event.metaKey || event.ctrlKey ? "mod+" : "") + shift + key;
}

function isWriting(target) {
  return target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]") != null;
}

function elementFor(key) {
  return [...document.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key && element.checkVisibility());
}

function press(element) {
  if (isWriting(element)) element.focus();
  else if (element.matches("details")) {
    element.querySelector("summary").click();
    // Who opens a menu by a key goes on by keys.
    if (element.open) element.querySelector(".menu-body :is(a[href], button)")?.focus();
  }
  else element.click();
}

function isPrefix(text) {
  const begins = (key) => key.startsWith(`${text} `);
  return [...registered.keys()].some(begins) || [...document.querySelectorAll("[data-key]")].some((element) => begins(element.dataset.key));
}

// While rows are picked, what can be done with them comes before what can be done with the open one.
const ofThePicked = (key) => [...document.querySelectorAll(".bulk [data-key]")].find((element) => element.dataset.key === key && element.checkVisibility());

function run(key, event) {
  const picked = ofThePicked(key);
  const action = picked ? null : registered.get(key);
  const element = action ? null : (picked ?? elementFor(key));
  if (!action && !element) return false;
  event.preventDefault();
  if (action) action.fn(event);
  else press(element);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey) return;
  const key = named(event);
  // While someone writes, or a dialog asks something, plain letters belong to them.
  if (isWriting(event.target) && !key.startsWith("mod+")) return;
  if (document.querySelector("dialog[open]")) return;
  const sequence = pending ? `${pending} ${key}` : key;
  clearTimeout(pendingTimer);
  pending = "";
  if (run(sequence, event) || (sequence !== key && run(key, event))) return;
  if (isPrefix(sequence)) {
    pending = sequence;
    pendingTimer = setTimeout(() => (pending = ""), SEQUENCE_MS);
  }
});

const help = document.getElementById("keys-help");
const APPLE = /mac|iphone|ipad/i.test(navigator.platform);
document.documentElement.toggleAttribute("data-apple", APPLE); // which of the two names ui/_mod_key.html shows
const CAPS = { mod: APPLE ? "⌘" : (help?.dataset.ctrl ?? "Ctrl"), shift: "⇧", Enter: "↵", Escape: "Esc", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };

function keycaps(key, then) {
  return key.split(" ").flatMap((step, index) => {
    const caps = step.split("+").map((part) => {
      const cap = document.createElement("kbd");
      cap.textContent = CAPS[part] ?? (part.length === 1 ? part.toUpperCase() : part);
      return cap;
    });
    return index ? [document.createTextNode(` ${then} `), ...caps] : caps;
  });
}

/** The caps of a key, to show beside what it does. */
export const capsOf = (key) => keycaps(key, help?.dataset.then ?? "");

/** What an element with a key does, in words. */
export function labelOf(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || element.title || element.textContent.trim();
}

const GROUPS = ["list", "conversation", "writing", "go", "page"];

function groupOf(element) {
  if (element.dataset.key.startsWith("g ")) return "go";
  if (element.closest("#composer")) return "writing";
  if (element.closest("#conversation, #person")) return "conversation";
  return element.closest("#list") ? "list" : "page";
}

/** Every key that works on this page now, as [key, description, group]. */
function keysHere() {
  const all = new Map([...registered].map(([key, { description, group }]) => [key, [key, description, group]]));
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key } = element.dataset;
    if (!all.has(key) && element.checkVisibility()) all.set(key, [key, labelOf(element), groupOf(element)]);
  }
  return [...all.values()].filter(([, description]) => description);
}

function lineOf(key, description, then) {
  const term = document.createElement("dt");
  term.append(...keycaps(key, then));
  const meaning = document.createElement("dd");
  meaning.textContent = description;
  return [term, meaning];
}

/** Open the list of keys that work on this page, by where they work. */
export function showHelp() {
  const dialog = document.getElementById("keys-help");
  const place = dialog?.querySelector("[data-keys]");
  if (!place || dialog.open) return;
  const all = keysHere();
  const parts = GROUPS.map((group) => [group, all.filter((each) => each[2] === group)]).filter(([, keys]) => keys.length);
  place.replaceChildren(
    ...parts.map(([group, keys]) => {
      const part = document.createElement("section");
      const title = document.createElement("h3");
      title.textContent = dialog.dataset[`group${group[0].toUpperCase()}${group.slice(1)}`];
      const list = document.createElement("dl");
      list.className = "keys";
      list.append(...keys.flatMap(([key, description]) => lineOf(key, description, dialog.dataset.then)));
      part.append(title, list);
      return part;
    }),
  );
  dialog.showModal();
}

// The newest thing that can be undone: an answer just sent has its own, and a promise just kept; everything else a toast.
// They are told apart by where they lead, since the same answer is drawn anew whenever its conversation is.
const undoable = () => [...document.querySelectorAll("[data-undo], [data-key=z], [data-act-key=z]")].filter((element) => element.checkVisibility());
const undoneBy = (element) => [element.getAttribute("formaction") ?? element.closest("form")?.action, ...[...element.querySelectorAll("input:not([name=csrfmiddlewaretoken])")].map((field) => field.value)].join();
const known = [];

function noteUndoable() {
  for (const name of undoable().map(undoneBy)) if (!known.includes(name)) known.push(name);
}

function undo() {
  noteUndoable();
  const newest = undoable().sort((a, b) => known.indexOf(undoneBy(a)) - known.indexOf(undoneBy(b))).at(-1);
  if (newest?.matches("form")) newest.requestSubmit();
  else newest?.click();
}
noteUndoable();
document.addEventListener("htmx:afterSettle", noteUndoable);
register("z", help?.dataset.undoes ?? "", undo);
register("?", document.getElementById("keys-help-title")?.textContent ?? "", showHelp);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shows-keys]")) showHelp();
});
