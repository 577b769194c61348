// The thin line at the top also for ordinary links and forms (htmx requests show it by CSS alone).
addEventListener("beforeunload", () => {
  document.body.classList.add("leaving");
  setTimeout(() => document.body.classList.remove("leaving"), 5000); // it was a download
});
addEventListener("pageshow", () => document.body.classList.remove("leaving"));
