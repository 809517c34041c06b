"use strict";
// What is nicer with a script; every page works without. No key decides anything:
// keys move the focus, and what has it is opened as without them.

document.querySelector(".problems")?.focus();

let sent = false; // a form of this page

// A form is sent once. The button works again when the page comes back, and
// after a while, since an answer may be a file.
function rest(form, off) {
  form.querySelectorAll("button").forEach(b => { b.disabled = off; });
}
for (const form of document.forms) {
  if (form.method === "dialog") continue;
  form.addEventListener("submit", () => {
    sent = true;
    setTimeout(() => rest(form, true));
    setTimeout(() => rest(form, false), 8000);
  });
}
addEventListener("pageshow", () => {
  sent = false;
  for (const form of document.forms) rest(form, false);
});

// Text that was typed and not sent isn't lost by a slip.
addEventListener("beforeunload", event => {
  const typed = [...document.querySelectorAll("main textarea")].some(a => a.value !== a.defaultValue);
  if (typed && !sent) event.preventDefault();
});

// Keys, unless they were switched off in this browser.
const stored = "turnus-keys";
function keysOn() {
  try { return localStorage.getItem(stored) !== "off"; } catch { return true; }
}
const help = document.getElementById("keys-help");
const settings = document.getElementById("keys");
if (settings) {
  const box = document.getElementById("keys-on");
  settings.hidden = false;
  box.checked = keysOn();
  box.addEventListener("change", () => {
    try { localStorage.setItem(stored, box.checked ? "on" : "off"); } catch { box.checked = true; }
  });
}

// Entries are what a list or a table leads to, one a row.
function entries() {
  return [...document.querySelectorAll("main .list > li, main tbody > tr")]
    .map(row => row.querySelector("a")).filter(a => a && a.getClientRects().length);
}
function move(by) {
  const all = entries();
  const row = document.activeElement.closest?.("li, tr");
  const now = all.findIndex(a => a === document.activeElement || row?.contains(a));
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
  all[next]?.focus();
}
addEventListener("keydown", event => {
  const at = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !help || help.open || !keysOn()) return;
  if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
  switch (event.key) {
  case "?": help.showModal(); break;
  case "j": move(1); break;
  case "k": move(-1); break;
  case "/": {
    const field = document.querySelector("main input[type=search], main form[method=get] :is(input, select):not([type=hidden])");
    if (!field) return;
    field.focus();
    break;
  }
  default: return;
  }
  event.preventDefault();
});
