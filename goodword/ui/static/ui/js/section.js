// On narrow screens the sections of settings scroll sideways: begin where one is.
const current = document.querySelector(".section-nav [aria-current]");
current?.scrollIntoView({ block: "nearest", inline: "center" });
