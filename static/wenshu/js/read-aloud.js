"use strict";
/* Reads the elements marked data-speak aloud, one after the other, and marks the one being read.
   The button shows only where the browser can speak. */
for (const bar of document.querySelectorAll("[data-read-aloud]")) {
  if (!("speechSynthesis" in window)) break;
  const button = bar.querySelector("button");
  const parts = () => [...document.querySelectorAll("[data-speak]")].flatMap(
    (whole) => [...whole.querySelectorAll("h1, h2, h3, h4, p, li, blockquote, td, th, figcaption")]
      .filter((part) => part.textContent.trim() && !part.querySelector("p, li")));
  const spoken = (part) => [...part.childNodes]
    .filter((node) => !node.classList?.contains("anchor")).map((node) => node.textContent).join("").trim();
  let queue = [];
  const show = (part) => {
    document.querySelector(".speaking")?.classList.remove("speaking");
    part?.classList.add("speaking");
  };
  const stop = () => {
    queue = [];
    speechSynthesis.cancel();
    show(null);
    button.setAttribute("aria-pressed", "false");
    button.textContent = button.dataset.start;
  };
  const next = () => {
    const part = queue.shift();
    if (!part) return stop();
    const words = new SpeechSynthesisUtterance(spoken(part));
    words.lang = part.closest("[lang]").lang;
    words.rate = document.documentElement.dataset.mode === "elder" ? 0.85 : 1;
    words.onend = () => { if (button.getAttribute("aria-pressed") === "true") next(); };
    words.onerror = stop;
    show(part);
    speechSynthesis.speak(words);
  };
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    button.setAttribute("aria-pressed", "true");
    button.textContent = button.dataset.stop;
    queue = parts();
    next();
  });
  addEventListener("pagehide", stop);
  bar.hidden = false;
}
