// What a script adds; without it every page works just the same.
"use strict";

const menu = document.querySelector("details.menu");
if (menu && matchMedia("(max-width: 52rem)").matches) menu.open = false;

// A plan: how many changes are ticked, and a box that ticks all of a course.
const plan = document.querySelector("form[data-plan]");
if (plan) {
  const boxes = () => [...plan.querySelectorAll("input[name=change]")];
  const ofCourse = (all) => boxes().filter((box) => box.dataset.course === all.dataset.all);
  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const spot of plan.querySelectorAll("[data-ticked]")) spot.textContent = ticked.toLocaleString("en-US");
    for (const all of plan.querySelectorAll("input[data-all]")) {
      const on = ofCourse(all).filter((box) => box.checked).length;
      all.checked = on > 0 && on === ofCourse(all).length;
      all.indeterminate = on > 0 && !all.checked;
    }
  };
  for (const all of plan.querySelectorAll("input[data-all]")) {
    all.closest(".tick").hidden = false;
    all.addEventListener("change", () => { for (const box of ofCourse(all)) box.checked = all.checked; });
  }
  plan.addEventListener("change", show);
  show();
}

// A form goes once, however often the button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// A run that is followed: whether its page still hears anything; whoever is signed out by now is asked to sign in.
const away = document.querySelector("[data-away]");
if (away) {
  document.addEventListener("htmx:afterRequest", (event) => { away.hidden = Boolean(event.detail.successful); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseURL.endsWith(event.detail.pathInfo.requestPath)) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
}

const problem = document.querySelector("[role=alert]");
if (problem) problem.focus();
