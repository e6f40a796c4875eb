/* Every page works without this file. With it: a form is not sent twice, one box ticks all, and Escape closes the menu on a phone. */
"use strict";
(function () {
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (form.method === "post") {
      form.dataset.sent = "yes";
      setTimeout(function () { delete form.dataset.sent; }, 5000);
    }
  });

  /* Only with a script is there a box that ticks all the others. */
  document.querySelectorAll("input.all").forEach(function (all) {
    all.hidden = false;
    all.addEventListener("change", function () {
      all.closest("form").querySelectorAll("input[name=task]").forEach(function (box) { box.checked = all.checked; });
    });
  });

  document.addEventListener("keydown", function (event) {
    const fold = document.getElementById("fold");
    if (event.key === "Escape" && fold && fold.checked) {
      fold.checked = false;
      fold.focus();
    }
  });
})();
