// The words of the consent question. A change of meaning needs a new version: it is the proof of
// what the visitor agreed to.
export const TEXT_VERSION = "2026-11";

export const TEXTS = {
  de: {
    title: "Dürfen wir Ihren Besuch auswerten?",
    text: "Mit Ihrer Zustimmung speichern wir eine zufällige Kennung in Ihrem Browser, werten aus, welche Seiten und Produkte Sie ansehen und was Sie bestellen, zeigen Ihnen passende Aktionen und messen deren Wirkung. Ohne Zustimmung funktioniert alles genauso. Sie können Ihre Wahl jederzeit ändern.",
    privacy: "Datenschutz",
    reject: "Ablehnen",
    accept: "Zustimmen",
  },
  en: {
    title: "May we evaluate your visit?",
    text: "With your consent we store a random id in your browser, evaluate which pages and products you view and what you order, show you offers that fit and measure their effect. Without it everything works just the same. You can change your choice at any time.",
    privacy: "Privacy",
    reject: "Reject",
    accept: "Accept",
  },
};

/** Language of the page: German, or else English. */
export const language = () => (/^de/i.test(document.documentElement.lang) ? "de" : "en");
