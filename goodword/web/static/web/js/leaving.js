// A sent answer counts down to its leaving: "Leaves in 8 s". When it does is decided by the server.
import { announce } from "../../ui/js/announce.js";

function filled(pattern, values) {
  return pattern.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

function countDown() {
  for (const item of document.querySelectorAll("[data-leaves]")) {
    const seconds = Math.ceil((Date.parse(item.dataset.leaves) - Date.now()) / 1000);
    const words = item.querySelector("[data-leaves-in]");
    if (seconds > 0) {
      words.textContent = filled(item.dataset.leavesWords, { n: seconds });
      continue;
    }
    words.textContent = item.dataset.leavingWords;
    item.removeAttribute("data-leaves");
    item.querySelector("form")?.remove();
    announce(item.dataset.leavingWords);
    document.dispatchEvent(new CustomEvent("goodword:left"));
  }
}
setInterval(countDown, 500);
