/* The page works without this file. With it: columns switch at once on a phone, lamps that changed are pointed out, the conversation
   stays at its newest message, and a failed request says so. */
"use strict";
(function () {
  const main = document.getElementById("rehearsal");
  const panel = document.getElementById("panel");
  const trouble = document.getElementById("trouble");
  const MANY = 20;
  let before = new Map();
  let answering = false;
  let focused = "";

  function each(selector, act) {
    document.querySelectorAll(selector).forEach(act);
  }

  function place() {
    return new URLSearchParams(location.search);
  }

  /* What the address says decides which column a phone shows, and whether it shows the list or the conversation. */
  function follow() {
    const view = place().get("view") || "clock";
    main.dataset.view = view;
    main.dataset.open = place().get("chat") ? "yes" : "no";
    each(".search [type=hidden]", function (field) {
      if (field.name !== "view") field.value = place().get(field.name) || "";
    });
    each(".views a", function (link) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  function toNewest() {
    const entries = document.getElementById("entries");
    if (entries) entries.scrollTop = entries.scrollHeight;
  }

  function lamps() {
    const found = new Map();
    each("#panel .lamp[id]", function (lamp) { found.set(lamp.id, lamp.className + lamp.title); });
    return found;
  }

  /* A few lamps that changed are pointed out; when half the matrix changed, pointing would only dazzle. After an answer the first
     one is brought into view inside its own panel; the page itself never jumps. */
  function pointOut() {
    const changed = [];
    each("#panel .lamp[id]", function (lamp) {
      const was = before.get(lamp.id);
      if (was !== undefined && was !== lamp.className + lamp.title) changed.push(lamp);
    });
    if (changed.length <= MANY) changed.forEach(function (lamp) { lamp.parentElement.classList.add("changed"); });
    if (changed.length && answering) {
      const gap = changed[0].getBoundingClientRect().top - panel.getBoundingClientRect().top;
      if (gap < 110 || gap > panel.clientHeight - 40) panel.scrollTop += gap - panel.clientHeight / 2;
    }
  }

  /* Whoever answers moves to the top of the list: it follows, or the list would show only others. */
  function showCurrent() {
    const list = document.getElementById("threads");
    const current = list.querySelector("[aria-current]");
    if (!current) return;
    const gap = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
    if (gap < 0 || gap > list.clientHeight - current.offsetHeight) list.scrollTop += gap - current.offsetHeight;
  }

  /* Whoever works by keyboard goes on where they were, although the button was replaced by its successor. */
  function keepFocus() {
    const element = focused && document.activeElement === document.body ? document.getElementById(focused) : null;
    if (element) element.focus({ preventScroll: true });
  }

  document.querySelector(".views").addEventListener("click", function (event) {
    const link = event.target.closest("a");
    if (!link) return;
    event.preventDefault();
    const now = place();
    now.set("view", link.dataset.view);
    history.replaceState(history.state, "", "?" + now);
    follow();
    toNewest();
  });

  document.body.addEventListener("htmx:beforeRequest", function (event) {
    trouble.hidden = true;
    answering = Boolean(event.target.closest(".say"));
    focused = document.activeElement ? document.activeElement.id : "";
  });

  document.body.addEventListener("htmx:beforeSwap", function () { before = lamps(); });

  document.body.addEventListener("htmx:afterRequest", function (event) {
    if (!event.detail.successful) return;
    /* The form that was sent has been replaced; only its field was kept, so that a draft survives the clock. */
    if (event.detail.requestConfig.elt.matches(".line") && !document.querySelector(".said .refused")) document.querySelector(".line").reset();
    follow();
    toNewest();
    pointOut();
    if (answering) showCurrent();
    keepFocus();
  });

  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach(function (name) {
    document.body.addEventListener(name, function () {
      trouble.textContent = main.dataset.trouble;
      trouble.hidden = false;
    });
  });

  follow();
  toNewest();
})();
