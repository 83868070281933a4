// Suggestions in the field of a search, as an accessible combobox: fetched while one types, never waited for.
// Markup: <input data-suggests="/search/suggestions/">. The fragment holds <li role="option"> with data-text (the
// field once it is taken) or data-url (where it leads).
const WAIT_MS = 120;
let list = null;
let input = null;
let waiting = 0;
let asked = 0;

const options = () => [...(list?.querySelectorAll("[role=option]") ?? [])];
const active = () => list?.querySelector("[aria-selected=true]");

function furnish(field) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("autocomplete", "off");
}

function close() {
  clearTimeout(waiting);
  asked += 1; // what is under way comes too late
  list?.remove();
  list = null;
  input?.setAttribute("aria-expanded", "false");
  input?.removeAttribute("aria-activedescendant");
  input?.removeAttribute("aria-controls");
}

function choose(option) {
  active()?.setAttribute("aria-selected", "false");
  if (!option) {
    input.removeAttribute("aria-activedescendant");
    return;
  }
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", option.id);
}

function take(option) {
  if (option.dataset.url) {
    window.location.assign(option.dataset.url);
    return;
  }
  const rest = input.value.slice(input.selectionEnd ?? input.value.length);
  const text = option.dataset.text;
  input.value = text + rest.trimStart();
  input.setSelectionRange(text.length, text.length);
  close();
  input.focus();
  suggest();
}

function show(fragment) {
  close();
  list = document.createElement("ul");
  list.className = "suggest";
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") ?? "");
  list.append(...fragment.childNodes);
  if (!options().length) {
    list = null;
    return;
  }
  input.after(list);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "suggestions");
}

async function fetchNow() {
  const field = input;
  const number = (asked += 1);
  const url = new URL(field.dataset.suggests, window.location.href);
  url.searchParams.set("q", field.value.slice(0, field.selectionEnd ?? field.value.length));
  let answer;
  try {
    answer = await fetch(url, { headers: { "HX-Request": "true" } });
  } catch {
    return; // one goes on typing without
  }
  if (!answer.ok || number !== asked || document.activeElement !== field) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (number === asked) show(page.body);
}

function suggest() {
  clearTimeout(waiting);
  waiting = setTimeout(fetchNow, WAIT_MS);
}

function enter(field) {
  input = field;
  furnish(field);
  if (!field.value) suggest();
}

for (const field of document.querySelectorAll("[data-suggests]")) furnish(field);
document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-suggests]")) enter(event.target);
  else if (input && !list?.contains(event.target)) close();
});
// Who was quicker than this script.
if (document.activeElement?.matches("[data-suggests]")) enter(document.activeElement);
document.addEventListener("focusout", (event) => event.target === input && !list?.contains(event.relatedTarget) && close());
document.addEventListener("input", (event) => event.target === input && suggest());
document.addEventListener("keydown", (event) => {
  if (event.target !== input || event.isComposing) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && !list) suggest();
  else if (by) {
    const all = options();
    const at = all.indexOf(active());
    choose(at < 0 ? all.at(by > 0 ? 0 : -1) : all[at + by]);
  } else if (event.key === "Enter" && active()) take(active());
  else if (event.key === "Escape" && list) close();
  // Out of it, or every key that follows would be typed here. What is written the browser clears first.
  else if (event.key === "Escape" && !input.value) document.getElementById("main").focus();
  else return;
  event.preventDefault();
});
// Before the field loses its focus by it.
document.addEventListener("mousedown", (event) => {
  const option = list && event.target.closest?.("#suggestions [role=option]");
  if (!option) return;
  event.preventDefault();
  take(option);
});
