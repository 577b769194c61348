import { send, toast } from "./request.js";

// <kk-board data-url data-lifted data-moved data-dropped data-cancelled> around .column[data-column]
// > .cards > .card[data-card][data-name]. A move POSTs card, column and before (the card now below)
// to the card's data-url or the board's. The answer may carry a toast with undo_url, new column
// heads (hx-swap-oob), or 422: then the card goes back, and HX-Retarget may open a form that asks
// for what is missing. Keyboard: Space lifts the focused card, arrows move it, Space drops, Escape
// cancels. The data-… texts are announced; {card} and {column} are filled in.
class Board extends HTMLElement {
  async connectedCallback() {
    this.addEventListener("keydown", (event) => this.key(event));
    this.voice = Object.assign(document.createElement("div"), { className: "hidden-text", ariaLive: "assertive" });
    this.append(this.voice);
    const { default: Sortable } = await import("./sortable.js");
    if (!this.isConnected) return;
    this.lists = [...this.querySelectorAll(".cards")].map((list) => new Sortable(list, {
      group: "cards", draggable: ".card", animation: 140, easing: "cubic-bezier(.2,.8,.3,1)",
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: 180, delayOnTouchOnly: true,
      chosenClass: "chosen", ghostClass: "ghost", dragClass: "drag", filter: "button, input, select", preventOnFilter: false,
      emptyInsertThreshold: 24, scroll: true, bubbleScroll: true, scrollSensitivity: 60, scrollSpeed: 14,
      onStart: ({ item }) => {
        this.classList.add("dragging");
        this.home = place(item);
      },
      onEnd: ({ item }) => {
        this.classList.remove("dragging");
        this.settle(item, this.home);
      },
    }));
  }

  disconnectedCallback() {
    this.lists?.forEach((list) => list.destroy());
    this.voice?.remove();
  }

  async settle(card, home) {
    if (home.list === card.parentElement && home.before === card.nextElementSibling) return;
    card.classList.add("saving");
    const { ok, status, explained } = await send("POST", card.dataset.url ?? this.dataset.url, {
      source: card,
      values: {
        card: card.dataset.card,
        column: card.closest("[data-column]").dataset.column,
        before: card.nextElementSibling?.dataset.card ?? "",
      },
    });
    card.classList.remove("saving");
    if (ok) return;
    home.list.insertBefore(card, home.before);
    card.classList.add("refused");
    setTimeout(() => card.classList.remove("refused"), 400);
    if (status === 422 && !explained) toast({ tone: "error" });
  }

  key(event) {
    const card = event.target.closest(".card");
    if (!card || event.target !== card) return;
    if (event.key === "Enter") return card.querySelector(".card-title a")?.click();
    if (event.key === " ") this.lifted === card ? this.drop(card) : this.lift(card);
    else if (event.key === "Escape" && this.lifted) this.cancel(card);
    else if (event.key.startsWith("Arrow")) this.lifted ? this.carry(card, event.key) : this.walk(card, event.key);
    else return;
    event.preventDefault();
  }

  lift(card) {
    this.lifted = card;
    this.home = place(card);
    card.classList.add("lifted");
    this.say("lifted", card);
  }

  drop(card) {
    this.lifted = null;
    card.classList.remove("lifted");
    this.say("dropped", card);
    this.settle(card, this.home);
  }

  cancel(card) {
    this.home.list.insertBefore(card, this.home.before);
    this.lifted = null;
    card.classList.remove("lifted");
    card.focus();
    this.say("cancelled", card);
  }

  carry(card, key) {
    const list = card.parentElement;
    if (key === "ArrowUp" && card.previousElementSibling) list.insertBefore(card, card.previousElementSibling);
    if (key === "ArrowDown" && card.nextElementSibling) list.insertBefore(card.nextElementSibling, card);
    if (key === "ArrowRight" || key === "ArrowLeft") this.beside(card, key)?.prepend(card);
    card.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.say("moved", card);
  }

  walk(card, key) {
    const next = { ArrowUp: card.previousElementSibling, ArrowDown: card.nextElementSibling }[key] ?? this.beside(card, key)?.querySelector(".card");
    next?.focus();
  }

  beside(card, key) {
    const lists = [...this.querySelectorAll(".cards")];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    return step && lists[lists.indexOf(card.parentElement) + step];
  }

  say(what, card) {
    const column = card.closest("[data-column]").querySelector("h2")?.textContent ?? "";
    this.voice.textContent = (this.dataset[what] ?? "").replace("{card}", card.dataset.name ?? "").replace("{column}", column);
  }
}

function place(card) {
  return { list: card.parentElement, before: card.nextElementSibling };
}

customElements.define("kk-board", Board);
