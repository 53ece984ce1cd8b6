"use strict";
/* "Open near you": where a visitor has chosen a township before, show its venues instead of the choice.
   Fetched beside the page, so that the page itself is the same for everybody. */
const sheet = document.querySelector("[data-near]");
if (sheet?.dataset.near) {
  fetch(sheet.dataset.near, { credentials: "same-origin" })
    .then((answer) => (answer.status === 200 ? answer.text() : ""))
    .then((html) => {
      if (html) sheet.querySelector("[data-near-here]").innerHTML = html;
    })
    .catch(() => {}); // offline: the choice stays
}
