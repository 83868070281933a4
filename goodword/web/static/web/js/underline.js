// Underlines words in a text field: the same text lies behind it, transparent but for the lines below those words.
// Only paragraphs that changed are drawn anew, so that a long draft costs nothing while one types.
const LONGEST = 30_000; // characters; beyond that nothing is underlined
let field = null;
let text = "";
let spans = []; // [from, until], counted as JavaScript counts
let drawn = []; // what each paragraph was drawn from

const layer = () => field.parentElement.querySelector(".draft-marks");

/** Underline `found` in `here`: [from, until] in characters, an emoji being one, as the server counts. */
export function markWords(here, found) {
  field = here;
  text = field?.value ?? "";
  spans = text.length > LONGEST ? [] : inUnits(found);
  draw();
}

function inUnits(found) {
  const edges = [...new Set(found.flat())].sort((a, b) => a - b);
  const units = new Map();
  let [characters, unit] = [0, 0];
  for (const edge of edges) {
    for (; characters < edge && unit < text.length; characters += 1) unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
    units.set(edge, unit);
  }
  return found.map(([from, until]) => [units.get(from), units.get(until)]);
}

/** The words move with what is written before them, until the server has looked again. */
function shift() {
  const now = field.value;
  const most = Math.min(now.length, text.length);
  let same = 0;
  while (same < most && now[same] === text[same]) same += 1;
  let after = 0;
  while (after < most - same && now[now.length - 1 - after] === text[text.length - 1 - after]) after += 1;
  const until = text.length - after; // of what was replaced
  const by = now.length - text.length;
  const moved = (at) => (at <= same ? at : at >= until ? at + by : same);
  spans = spans.map((span) => span.map(moved)).filter(([from, end]) => from < end);
  text = now;
}

function draw() {
  if (!field) return;
  const marks = layer();
  if (!marks) return;
  if (!spans.length) {
    if (drawn.length || marks.childNodes.length) marks.replaceChildren();
    drawn = [];
    return;
  }
  let start = 0;
  const wanted = text.split("\n").map((line) => {
    const here = spans
      .map(([from, until]) => [Math.max(from - start, 0), Math.min(until - start, line.length)])
      .filter(([from, until]) => from < until)
      .sort(([a], [b]) => a - b);
    start += line.length + 1;
    return { line, here, key: `${here.join(";")}|${line}` };
  });
  if (marks.childElementCount !== drawn.length) {
    marks.replaceChildren();
    drawn = [];
  }
  // What is the same at the front and at the end stays as it is.
  let front = 0;
  while (front < Math.min(wanted.length, drawn.length) && wanted[front].key === drawn[front]) front += 1;
  let end = 0;
  while (end < Math.min(wanted.length, drawn.length) - front && wanted.at(-1 - end).key === drawn.at(-1 - end)) end += 1;
  for (let left = drawn.length - front - end; left > 0; left -= 1) marks.children[front].remove();
  const before = marks.children[front] ?? null;
  for (const each of wanted.slice(front, wanted.length - end)) marks.insertBefore(paragraph(each), before);
  drawn = wanted.map((each) => each.key);
  fit();
}

function paragraph({ line, here }) {
  const made = document.createElement("div");
  let at = 0;
  for (const [from, until] of here) {
    const mark = document.createElement("mark");
    mark.className = "promising";
    mark.textContent = line.slice(Math.max(from, at), until);
    made.append(line.slice(at, from), mark);
    at = Math.max(at, until);
  }
  made.append(line.slice(at) || (at ? "" : "\u200b"));
  return made;
}

/** As wide as the text is beside a scrollbar, and scrolled as far. */
function fit() {
  const marks = layer();
  if (!marks || !drawn.length) return;
  marks.style.width = `${field.clientWidth}px`;
  marks.scrollTop = field.scrollTop;
}

document.addEventListener("input", (event) => {
  if (event.target !== field) return;
  if (!spans.length) text = field.value;
  else {
    shift();
    draw();
  }
});
document.addEventListener("scroll", (event) => event.target === field && fit(), true);
const sizes = new ResizeObserver(fit);
document.addEventListener("focusin", (event) => event.target === field && sizes.observe(field));
