// On narrow screens sections, tabs and filters scroll sideways: begin where one is. The page itself stays where it is.
for (const current of document.querySelectorAll(":is(.section-nav, .tabs, .filters) [aria-current]")) {
  const row = current.closest(".section-nav, .tabs, .filters");
  const [there, here] = [current, row].map((each) => each.getBoundingClientRect());
  row.scrollLeft += there.left + there.width / 2 - here.left - here.width / 2;
}
