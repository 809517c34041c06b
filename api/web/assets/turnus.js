"use strict";
// What is nicer with a script; every page works without.
document.querySelector(".problems")?.focus();
for (const form of document.forms) {
  form.addEventListener("submit", () => setTimeout(() => form.querySelectorAll("button").forEach(b => b.disabled = true)));
}
addEventListener("pageshow", () => document.querySelectorAll("button").forEach(b => b.disabled = false));
