// The counts of views, fetched once the page is there: no page waits for them. The navigation is replaced when
// something changed; what is known is put in at once then. News in an inbox asks again, but seldom, and the less often
// the longer the server takes: everybody's pages hear the same news. It remembers for a moment what it counted: was that
// before the news, it is asked once more. A page that nobody looks at asks when it is looked at.
const FRESH_MS = 5000;
const TIMES_AS_LONG = 50; // as the last answer took, until the next asking
const LONGEST_MS = 60000;
let known = {};
let newsAt = 0;
let askedAt = -FRESH_MS;
let took = 0;
let waiting = 0;
let isOld = false;

const places = () => document.querySelectorAll("[data-view-count]");

function fill() {
  for (const place of places()) place.textContent = known[place.dataset.viewCount] ?? "";
}

async function ask() {
  waiting = 0;
  isOld = document.hidden;
  if (isOld) return;
  askedAt = performance.now();
  let isFromBefore;
  try {
    const answer = await fetch("/inbox/views/counts/", { headers: { "HX-Request": "true" } });
    if (answer.ok) known = await answer.json();
    isFromBefore = answer.ok && askedAt - 1000 * answer.headers.get("Age") <= newsAt;
  } catch {
    return; // what stands there stays
  }
  took = performance.now() - askedAt;
  fill();
  if (isFromBefore) again();
}

function again() {
  if (!places().length) return;
  fill();
  const apart = Math.min(Math.max(FRESH_MS, TIMES_AS_LONG * took), LONGEST_MS);
  waiting ||= setTimeout(ask, Math.max(0, askedAt + apart - performance.now()));
}

const sidebar = document.querySelector(".sidebar");
if (sidebar) {
  new MutationObserver(again).observe(sidebar, { childList: true });
  document.addEventListener("goodword:counts", () => {
    newsAt = performance.now();
    again();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && isOld && again());
  again();
}
