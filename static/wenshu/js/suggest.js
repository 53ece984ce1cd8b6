/* Names while typing, for every search box of the page: a combobox with a list (WAI-ARIA 1.2).
   htmx fetches the list; it is loaded when somebody first enters a box, so that a page that is only read stays light. */
let loading;

function loadHtmx(url) {
  if (window.htmx) return Promise.resolve();
  loading ??= new Promise((resolve, reject) => {
    const config = document.createElement("meta"); // htmx's own styles and eval are against the site's policy
    config.name = "htmx-config";
    config.content = '{"includeIndicatorStyles":false,"allowEval":false}';
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(config, script);
  });
  return loading;
}

function combobox(form) {
  const input = form.querySelector("input[name=q]");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  let chosen = -1;

  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector("button").textContent);
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  form.append(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "hx-get": form.dataset.suggestions,
    "hx-trigger": "input changed delay:200ms",
    "hx-target": `#${list.id}`,
    "hx-sync": "this:replace",
  }))
    input.setAttribute(name, value);

  const options = () => [...list.children];
  const open = (yes) => {
    list.hidden = !yes;
    input.setAttribute("aria-expanded", String(yes));
    if (!yes) choose(-1);
  };
  const choose = (number) => {
    chosen = number;
    options().forEach((option, place) => option.setAttribute("aria-selected", String(place === number)));
    const option = options()[number];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  list.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that comes after the box was emptied or left is no longer wanted.
    if (!input.value.trim() || document.activeElement !== input) event.detail.shouldSwap = false;
  });
  list.addEventListener("htmx:afterSwap", () => {
    options().forEach((option, place) => (option.id = `${list.id}-${place}`));
    choose(-1);
    open(options().length > 0);
    status.textContent = options().length ? `${options().length} ${form.dataset.many}` : form.dataset.none;
  });
  input.addEventListener("input", () => {
    if (!input.value.trim()) open(false);
  });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Escape" && !list.hidden) {
      open(false);
      event.preventDefault();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (list.hidden) open(true);
      // One place beyond the list is the box itself.
      choose(((chosen + 1 + step + count + 1) % (count + 1)) - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && chosen >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(options()[chosen].querySelector("a").href);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) open(false);
  });
  input.addEventListener(
    "focus",
    () =>
      loadHtmx(form.dataset.htmx)
        .then(() => window.htmx.process(input))
        .catch(() => {}), // offline: the form still searches
    { once: true },
  );
  if (document.activeElement === input) input.dispatchEvent(new FocusEvent("focus"));
}

document.querySelectorAll("form[data-suggestions]").forEach(combobox);
