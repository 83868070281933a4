// Canned replies: "/" at the beginning of a word opens a list, filled in for this person. It is fetched when it is
// first needed; letters narrow it here, so that typing never waits. Without script the button leads to a page.
import { announce } from "../../ui/js/announce.js";
import { saveIfDirty } from "./composer.js";

const MOST_SHOWN = 50;
const BEYOND_AFTER_MS = 200; // a pause in the typing, when there are more than the list holds
const GROUPS = [["close", "snooze"], ["urgent", "not_urgent"], ["assign"], ["note"], ["no_answer"]];
const lists = new WeakMap(); // by button: the promise of what is offered; a composer that comes anew asks anew
const field = () => document.getElementById("composer-text");
const button = () => document.querySelector("#composer [data-canned]");
const pop = () => document.getElementById("canned-pop");
let word = null; // {from, text} of "/re" while the list is open
let dismissed = -1; // where the "/" stands whose list was closed by Escape
let shown = [];
let at = 0;
let timer = 0;

function address(opener, path = "", words = "") {
  const query = new URLSearchParams(opener.dataset.query);
  if (words) query.set("q", words);
  return `${opener.dataset.canned}${path}?${query}`;
}

async function ask(opener, path, words) {
  const response = await fetch(address(opener, path, words), { headers: { "HX-Request": "true" } });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function offered(opener) {
  if (!lists.has(opener)) {
    const asked = ask(opener, "offered/").then((list) => ({ ...list, replies: list.replies.map(folded) }));
    asked.catch(() => lists.delete(opener)); // the next "/" asks again
    lists.set(opener, asked);
  }
  return lists.get(opener);
}

function fold(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");
  return ` ${plain.replace(/[^\p{L}\p{N}]+/gu, " ")}`;
}

function folded(reply) {
  const name = fold(reply.name);
  return { ...reply, inName: name, inAll: name + fold(`${reply.folder} ${reply.shortcut} ${reply.text ?? reply.excerpt}`) };
}

function matching(replies, typed) {
  const words = fold(typed).split(" ").filter(Boolean);
  const rank = (reply) => (reply.shortcut.toLowerCase().startsWith(typed.toLowerCase()) ? 0 : words.every((each) => reply.inName.includes(` ${each}`)) ? 1 : 2);
  const found = replies.filter((reply) => words.every((each) => reply.inAll.includes(` ${each}`)) || (typed && rank(reply) === 0));
  return typed ? found.sort((a, b) => rank(a) - rank(b)) : found;
}

/** The word with "/" that the cursor stands behind. */
function readWord() {
  const { value, selectionStart, selectionEnd } = field();
  if (selectionStart !== selectionEnd) return null;
  const found = /(?:^|\s)\/([^\s/]{0,40})$/u.exec(value.slice(Math.max(0, selectionStart - 42), selectionStart));
  return found && { from: selectionStart - found[1].length - 1, text: found[1] };
}

function close() {
  word = null;
  shown = [];
  clearTimeout(timer);
  pop()?.remove();
  field()?.removeAttribute("aria-activedescendant");
  field()?.removeAttribute("aria-controls");
}

async function look({ byButton = false } = {}) {
  const opener = button();
  const found = opener && document.activeElement === field() ? readWord() : null;
  if (!found || found.from === dismissed) {
    if (!found) dismissed = -1;
    return close();
  }
  word = found;
  let list;
  try {
    list = await offered(opener);
  } catch {
    return close(); // not reachable: what is typed stays what it is
  }
  if (word !== found || opener !== button()) return; // typed on meanwhile
  if (byButton && !list.replies.length) return window.location.assign(address(opener));
  show(list, found.text);
  clearTimeout(timer);
  if (list.more && found.text) timer = setTimeout(() => lookBeyond(opener, found, list), BEYOND_AFTER_MS);
}

async function lookBeyond(opener, found, list) {
  const { replies } = await ask(opener, "offered/", found.text).catch(() => ({ replies: [] }));
  const known = new Set(list.replies.map((reply) => reply.id));
  const news = replies.filter((reply) => !known.has(reply.id)).map(folded);
  list.replies.push(...news);
  if (news.length && word === found) show(list, found.text);
}

function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function show({ replies, more, words }, typed) {
  shown = matching(replies, typed).slice(0, MOST_SHOWN);
  at = 0;
  if (!shown.length) {
    pop()?.remove();
    return;
  }
  const options = shown.map((reply, index) => {
    const where = [reply.folder, reply.shortcut && `/${reply.shortcut}`].filter(Boolean).join(" · ");
    const option = made("div", { role: "option", id: `canned-option-${index}` }, made("b", {}, reply.name), made("span", { class: "faint" }, where));
    option.addEventListener("click", () => pick(reply));
    return option;
  });
  const list = made("div", { role: "listbox", id: "canned-list", class: "canned-list", "aria-label": button().dataset.title }, ...options);
  const panel = made("div", { id: "canned-pop", class: "canned-pop" }, list, made("div", { class: "canned-shown", "aria-hidden": "true" }));
  if (more && !typed) panel.append(made("p", { class: "canned-more" }, words.more));
  panel.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  pop()?.remove();
  document.getElementById("composer").append(panel);
  field().setAttribute("aria-controls", "canned-list");
  announce(words.found.replace("%(n)s", shown.length));
  turnTo(0);
}

function turnTo(index) {
  at = (index + shown.length) % shown.length;
  const options = pop().querySelectorAll("[role=option]");
  options.forEach((option, place) => option.setAttribute("aria-selected", place === at));
  options[at].scrollIntoView({ block: "nearest" });
  field().setAttribute("aria-activedescendant", options[at].id);
  const reply = shown[at];
  const does = reply.does.map(([, words]) => words).join(", ");
  pop().querySelector(".canned-shown").replaceChildren(
    ...(reply.says ? [made("p", { class: "canned-said" }, reply.text ?? reply.excerpt)] : []),
    ...(does ? [made("p", { class: "meta" }, `${document.getElementById("canned-then").textContent} ${does}`)] : []),
  );
}

async function pick(reply) {
  const opener = button();
  const { from } = word;
  const until = field().selectionStart;
  close();
  if (!reply.says) {
    put(from, until, "");
    await saveIfDirty();
    window.htmx.ajax("POST", address(opener, `${reply.id}/apply/`), { target: "#conversation", swap: "outerHTML" });
    return;
  }
  let text = reply.text;
  if (text === undefined) {
    try {
      ({ text } = await ask(opener, `${reply.id}/`));
    } catch {
      return;
    }
    if (opener !== button()) return;
  }
  does(reply);
  dismissed = from;
  put(from, until, text);
  announce((await offered(opener)).words.put_in.replace("%(name)s", reply.name));
}

/** Put `text` in place of what stands there, so that the browser's own undo takes it out again. */
function put(from, until, text) {
  const here = field();
  here.focus();
  here.setSelectionRange(from, until);
  if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
    here.setRangeText(text, from, until, "end");
    here.dispatchEvent(new Event("input", { bubbles: true }));
  }
  // What nobody knew is left to be filled in: the first such place is marked.
  const open = /\{\{[^{}\n]*\}\}|\{[a-z_]+\}/.exec(text);
  if (open) here.setSelectionRange(from + open.index, from + open.index + open[0].length);
}

// What it does once the answer is sent

function does(reply) {
  const place = document.getElementById("canned-does");
  place.prepend(made("input", { type: "hidden", name: "canned", value: reply.id }));
  for (const [written, words] of reply.does) {
    const verb = written.split(":", 1)[0];
    const group = GROUPS.find((each) => each.includes(verb));
    for (const item of place.querySelectorAll("li")) {
      const other = item.querySelector("[name=does]").value;
      if (other === written || group?.includes(other.split(":", 1)[0])) item.remove();
    }
    place.querySelector("ul").append(chip(written, words, place.dataset.out.replace("%(what)s", words)));
  }
  place.hidden = !place.querySelector("li");
}

function chip(written, words, out) {
  const cross = document.querySelector("#canned-cross").content.firstElementChild.cloneNode(true);
  cross.title = out;
  cross.setAttribute("aria-label", out);
  return made("li", { class: "tag" }, made("input", { type: "hidden", name: "does", value: written }), `${words} `, cross);
}

document.addEventListener("click", (event) => {
  const cross = event.target.closest?.("#canned-does [data-not]");
  if (cross) {
    event.preventDefault();
    const place = document.getElementById("canned-does");
    cross.closest("li").remove();
    place.hidden = !place.querySelector("li");
    (place.querySelector("[data-not]") ?? field()).focus();
    field().dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  if (!event.target.closest?.("#composer [data-canned]")) return;
  event.preventDefault();
  event.target.closest("details").open = false;
  const here = field();
  here.focus();
  const before = here.value.slice(0, here.selectionStart);
  dismissed = -1;
  if (!readWord()) put(here.selectionStart, here.selectionStart, /(^|\s)$/.test(before) ? "/" : " /");
  look({ byButton: true });
});

document.addEventListener("input", (event) => event.target.id === "composer-text" && look());
document.addEventListener("selectionchange", () => word && document.activeElement === field() && readWord()?.from !== word.from && close());
document.addEventListener("focusout", (event) => event.target.id === "composer-text" && close());
document.addEventListener(
  "keydown",
  (event) => {
    if (!word || !shown.length || event.target !== field() || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") turnTo(at + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter" || event.key === "Tab") pick(shown[at]);
    else if (event.key === "Escape") {
      dismissed = word.from;
      close();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
