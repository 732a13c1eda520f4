// What pages do beyond links and forms. Without it everything still works: a live page refreshes itself.
"use strict";

// A choice that applies at once: its form has a button for those without script.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-without-script]")) {
  button.hidden = true;
}

// Asks before something that can't be taken back.
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    if (!window.confirm(form.dataset.confirm)) {
      event.preventDefault();
    }
  });
}

// A run's progress, as the daemon tells it.
for (const live of document.querySelectorAll("[data-live]")) {
  const bar = live.querySelector("progress");
  const count = live.querySelector("[data-count]");
  const events = new EventSource(live.dataset.live);
  events.addEventListener("progress", (event) => {
    const { done, total, text } = JSON.parse(event.data);
    if (bar && total > 0) {
      bar.max = total;
      bar.value = done;
    }
    if (count) {
      count.textContent = text;
    }
  });
  events.addEventListener("end", () => {
    events.close();
    window.location.assign(live.dataset.after || window.location.href);
  });
}

// A page that waits for something looks again.
for (const waiting of document.querySelectorAll("[data-reload]")) {
  window.setTimeout(() => window.location.reload(), 1000 * Number(waiting.dataset.reload));
}
