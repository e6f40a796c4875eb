/* Every page works without this file. With it: a form is not sent twice, and Escape closes the menu on a phone. */
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

  document.addEventListener("keydown", function (event) {
    const fold = document.getElementById("fold");
    if (event.key === "Escape" && fold && fold.checked) {
      fold.checked = false;
      fold.focus();
    }
  });
})();
