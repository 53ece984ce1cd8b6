"use strict";
/* Shows the buttons marked data-print where the browser can print, and prints the page. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print());
  button.hidden = false;
}
