// Copies a line that is to be pasted into a provider's form. Without a clipboard (no https) the line is selected instead.
import { announce } from "../ui/js/announce.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const line = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(line.textContent);
      announce(button.dataset.copied);
      button.title = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(line);
    }
  });
}
