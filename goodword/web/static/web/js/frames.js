// A mail's frame is as high as the mail in it. Its document runs nothing (sandbox and policy: docs/adr/0030-a-frame-that-is-measured.md),
// but is of our origin, so that it can be measured from here. Without scripts the height stays the server's guess.
const MOST_HIGH = 8000; // beyond that it scrolls within
const LOOKS_AGAIN_MS = 100;
const FRAMES = "iframe.message-frame";
const heights = new Map(); // by address: a message that is drawn anew keeps its place while its frame loads
const watched = new WeakMap(); // frame → {body, width}

const bodyOf = (frame) => (frame.contentDocument?.URL === "about:blank" ? null : frame.contentDocument?.body);

function fit(frame) {
  const body = bodyOf(frame);
  if (!body || !frame.offsetHeight) return; // not there yet, or put away
  const around = frame.offsetHeight - frame.contentDocument.documentElement.clientHeight; // its edge, and a bar for what is too wide
  const height = Math.min(body.scrollHeight + around, MOST_HIGH);
  if (Number(frame.height) === height) return;
  const timeline = frame.closest("#timeline");
  const isAtEnd = timeline && timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 80;
  frame.height = height;
  heights.set(frame.src, height);
  if (isAtEnd) timeline.scrollTop = timeline.scrollHeight;
}

/** A narrower frame needs more height; one that only became higher needs nothing, whatever the mail makes of it. */
function changed(frame) {
  const seen = watched.get(frame);
  if (!seen || seen.width === frame.clientWidth) return;
  seen.width = frame.clientWidth;
  fit(frame);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.matches(FRAMES)) changed(target);
    else if (target.ownerDocument.defaultView) fit(target.ownerDocument.defaultView.frameElement);
  }
});

function watch(frame) {
  const body = bodyOf(frame);
  const before = watched.get(frame)?.body;
  if (!body || body === before) return;
  if (before) sizes.unobserve(before);
  watched.set(frame, { body, width: frame.clientWidth });
  sizes.observe(frame);
  sizes.observe(body); // a picture came
  fit(frame);
}

document.addEventListener("load", (event) => event.target.matches?.(FRAMES) && watch(event.target), true);
for (const frame of document.querySelectorAll(FRAMES)) watch(frame);

new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes)
      for (const frame of node.querySelectorAll?.(FRAMES) ?? []) if (heights.has(frame.src)) frame.height = heights.get(frame.src);
}).observe(document.body, { childList: true, subtree: true });

// Pictures from elsewhere load in the message's own frame, and only when asked for; the words are there before them.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-shows-remote]");
  const frame = link?.closest(".message")?.querySelector(FRAMES);
  if (!frame) return;
  event.preventDefault();
  const before = bodyOf(frame);
  const looking = setInterval(() => {
    if (!frame.isConnected) clearInterval(looking);
    else if (bodyOf(frame) !== before) watch(frame);
  }, LOOKS_AGAIN_MS);
  frame.addEventListener("load", () => clearInterval(looking), { once: true });
  frame.src = link.href;
  link.remove();
});
