// <kk-day><input><button>…</button><input type="date"><output class="understood"></output></kk-day>
// A day in words: the server says what it understands while one types; the button opens the
// browser's own calendar. data-day="in 3 days" on a button of the form is a day in words, too.
class Day extends HTMLElement {
  connectedCallback() {
    if (this.field) return;
    this.field = this.querySelector("input");
    this.picker = this.querySelector("input[type=date]");
    this.querySelector("button").addEventListener("click", () => this.pick());
    this.picker.addEventListener("change", () => this.say(this.picker.value));
  }

  pick() {
    this.picker.value = this.querySelector("time")?.dateTime ?? "";
    this.picker.showPicker();
  }

  say(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }
}

addEventListener("click", ({ target }) => {
  const words = target.closest?.("[data-day]");
  words?.closest("form").querySelector("kk-day")?.say(words.dataset.day);
});

customElements.define("kk-day", Day);
