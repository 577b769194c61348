// <kk-time><time datetime="…">: keeps "12 min ago" true while the page stays open.
// Older than half a day the server's words stay (they name the day).
const MINUTE = 60_000;
const shown = new Set();
let timer;

class Time extends HTMLElement {
  connectedCallback() {
    shown.add(this);
    timer ??= setInterval(() => shown.forEach((time) => time.update()), MINUTE / 2);
  }

  disconnectedCallback() {
    shown.delete(this);
  }

  update() {
    const time = this.querySelector("time");
    if (!time?.dateTime.includes("T")) return;
    const minutes = Math.round((new Date(time.dateTime) - Date.now()) / MINUTE);
    if (Math.abs(minutes) < 1 || Math.abs(minutes) >= 12 * 60) return;
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });
    time.textContent = Math.abs(minutes) < 60 ? words.format(minutes, "minute") : words.format(Math.round(minutes / 60), "hour");
  }
}

customElements.define("kk-time", Time);
