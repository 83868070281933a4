// Files: arrow keys go from one to the next, and a page for the printer prints.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest?.("audio, video, pre, input, textarea")) return; // the arrows are theirs
  const within = document.querySelector("dialog.viewer[open]") ?? document.querySelector("main.viewer");
  const step = within?.querySelector(`[data-step="${event.key}"]`);
  if (!step) return;
  event.preventDefault();
  step.click();
});

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
