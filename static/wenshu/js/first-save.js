"use strict";
/* Wagtail's editor saves a new page by itself. While that first request is on its way a press of a button would send
   the form as a second new page; and once a button has sent the form, a late automatic saving would. So a press waits
   until the first saving has answered (the form then goes to the page it made), and nothing is saved after a press. */
{
  const editor = "page-edit-form";
  let saving = false;
  let sent = false;
  let pressed = null;

  document.addEventListener("w-autosave:save", (event) => {
    if (sent) event.preventDefault();
    saving = !event.defaultPrevented;
  });
  for (const end of ["success", "error"]) {
    document.addEventListener(`w-autosave:${end}`, () => {
      saving = false;
      if (!pressed) return;
      const button = pressed;
      pressed = null;
      button.disabled = false; // Wagtail disables what was pressed, and a disabled button sends no name
      button.form.requestSubmit(button);
    });
  }
  const hold = (event) => {
    if (!saving || event.target.id !== editor) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pressed = event.submitter || event.target.querySelector("button[type=submit]");
  };
  const note = (event) => {
    if (event.target.id === editor) sent = !event.defaultPrevented;
  };
  window.addEventListener("submit", hold, true);
  window.addEventListener("submit", note);
}
