"""Purposes every installation starts with; the company may change their words and add others."""

from __future__ import annotations

from typing import Any

from kundenkreis.engage.consent.models import Purpose

WEB_ANALYTICS = "web_analytics"
ORDERS = "orders"
SERVER_ANALYTICS = "server_analytics"
NEWSLETTER = "newsletter"

PURPOSES: list[dict[str, Any]] = [
    {
        "slug": WEB_ANALYTICS,
        "basis": Purpose.Basis.CONSENT,
        "label": {
            "de": "Auswertung von Besuchen und persönliche Aktionen auf der Website",
            "en": "Evaluation of visits and personal offers on the website",
        },
        "text": {
            "de": "Wir speichern eine zufällige Kennung in Ihrem Browser, werten aus, welche "
            "Seiten und Produkte Sie ansehen und was Sie bestellen, zeigen Ihnen passende "
            "Aktionen und messen deren Wirkung.",
            "en": "We store a random id in your browser, evaluate which pages and products you "
            "view and what you order, show you offers that fit and measure their effect.",
        },
    },
    {
        "slug": ORDERS,
        "basis": Purpose.Basis.CONTRACT,
        "label": {"de": "Abwicklung von Bestellungen", "en": "Handling of orders"},
        "text": {
            "de": "Wir verarbeiten Ihre Angaben, um Ihre Bestellung auszuführen.",
            "en": "We use your details to carry out your order.",
        },
    },
    {
        "slug": SERVER_ANALYTICS,
        "basis": Purpose.Basis.INTEREST,
        "label": {
            "de": "Auswertung der eigenen Geschäftsvorgänge",
            "en": "Evaluation of the company's own transactions",
        },
        "text": {
            "de": "Wir werten aus, wie unsere Kunden unsere Dienste nutzen, um sie zu verbessern. "
            "Sie können dem jederzeit widersprechen.",
            "en": "We evaluate how our customers use our services in order to improve them. You "
            "can object at any time.",
        },
    },
    {
        "slug": NEWSLETTER,
        "basis": Purpose.Basis.CONSENT,
        "label": {"de": "Newsletter", "en": "Newsletter"},
        "text": {
            "de": "Wir schicken Ihnen Neuigkeiten und Aktionen per E-Mail. Sie können sich "
            "jederzeit abmelden.",
            "en": "We send you news and offers by e-mail. You can unsubscribe at any time.",
        },
    },
]

# What a company may want besides; the check-list makes them.
OFFERED: list[dict[str, Any]] = [
    {
        "slug": "existing_customers",
        "basis": Purpose.Basis.INTEREST,
        "label": {
            "de": "Werbung an Bestandskunden (§ 7 Abs. 3 UWG)",
            "en": "Advertising to existing customers (§ 7(3) UWG)",
        },
        "text": {
            "de": "Wir schreiben Ihnen per E-Mail zu eigenen ähnlichen Waren und Leistungen wie "
            "denen, die Sie gekauft haben. Sie können dem jederzeit widersprechen.",
            "en": "We write to you by e-mail about goods and services of ours like those that you "
            "bought. You can object at any time.",
        },
    },
    {
        "slug": "surveys",
        "basis": Purpose.Basis.CONSENT,
        "label": {"de": "Befragungen", "en": "Surveys"},
        "text": {
            "de": "Wir fragen Sie per E-Mail, wie zufrieden Sie mit uns sind. Sie können sich "
            "jederzeit abmelden.",
            "en": "We ask you by e-mail how satisfied you are with us. You can unsubscribe at any "
            "time.",
        },
    },
]
