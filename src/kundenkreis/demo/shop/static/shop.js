// The shop's own script. Everything also works without it, except the data layer.
const layer = (window.dataLayer = window.dataLayer || []);
const tell = (events) => events.forEach((event) => layer.push(event));

document.documentElement.classList.add("js");
tell(JSON.parse(document.body.dataset.layer || "[]"));

async function post(form) {
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "application/json" },
  });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

for (const form of document.querySelectorAll("[data-add], [data-change]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { count, layer: events } = await post(form);
      tell(events);
      if (!("add" in form.dataset)) return location.reload();
      const badge = document.querySelector(".count");
      badge.textContent = badge.dataset.count = count;
      document.querySelector("[data-told]").hidden = false;
      if (form.contains(document.activeElement)) form.querySelector("button").focus();
    } catch {
      form.submit(); // the ordinary way
    }
  });
  if ("change" in form.dataset) form.addEventListener("change", () => form.requestSubmit());
}

// A visitor who agreed to be recognised is recognised in the order too.
for (const form of document.querySelectorAll("[data-checkout]")) {
  form.addEventListener("submit", () => {
    form.elements.visitor.value = (window.kk && window.kk.anonymousId && window.kk.anonymousId()) || "";
  });
}

for (const button of document.querySelectorAll("[data-choices]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.kk && window.kk.consent && window.kk.consent.open());
}
