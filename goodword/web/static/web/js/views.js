// The counts of views, fetched once the page is there: no page waits for them. The navigation is replaced when
// something changed; what is known is put in at once then, and asked for again.
const FRESH_MS = 5000;
let known = {};
let askedAt = -FRESH_MS;
let waiting = 0;

const places = () => document.querySelectorAll("[data-view-count]");

function fill() {
  for (const place of places()) place.textContent = known[place.dataset.viewCount] ?? "";
}

async function ask() {
  waiting = 0;
  askedAt = performance.now();
  try {
    const answer = await fetch("/inbox/views/counts/", { headers: { "HX-Request": "true" } });
    if (answer.ok) known = await answer.json();
  } catch {
    return; // what stands there stays
  }
  fill();
}

function again() {
  if (!places().length) return;
  fill();
  waiting ||= setTimeout(ask, Math.max(0, askedAt + FRESH_MS - performance.now()));
}

const sidebar = document.querySelector(".sidebar");
if (sidebar) {
  new MutationObserver(again).observe(sidebar, { childList: true });
  again();
}
