"""The undertaking of confidentiality that the product ships; a company may publish its own.

GDPR Art. 29 and 32(4): whoever has access to personal data processes them only on instructions;
§ 53 BDSG names the duty of secrecy, which goes on after the work has ended.
"""

from __future__ import annotations

GERMAN = """\
Sie erhalten Zugang zu personenbezogenen Daten. Nach Art. 29 und Art. 32 Abs. 4 DSGVO dürfen Sie \
diese nur auf Weisung Ihres Arbeitgebers verarbeiten, es sei denn, ein Gesetz verpflichtet Sie dazu.

Ich verpflichte mich, personenbezogene Daten nicht unbefugt zu verarbeiten, insbesondere:

– sie nur für die Aufgaben zu verwenden, die mir übertragen sind;
– sie niemandem mitzuteilen oder zugänglich zu machen, der dazu nicht befugt ist;
– meine Zugangsdaten für mich zu behalten und den Bildschirm zu sperren, wenn ich ihn verlasse;
– Ausdrucke und heruntergeladene Dateien geschützt aufzubewahren und zu vernichten, sobald sie nicht \
mehr gebraucht werden;
– einen Verlust oder Missbrauch von Daten sofort zu melden.

Diese Verpflichtung zur Vertraulichkeit (Datengeheimnis, vgl. § 53 BDSG) besteht nach dem Ende der \
Tätigkeit fort. Verstöße können nach Art. 83 DSGVO, §§ 42, 43 BDSG und anderen Vorschriften mit \
Geldbuße oder Freiheitsstrafe geahndet werden und arbeitsrechtliche Folgen haben."""

ENGLISH = """\
You are given access to personal data. Under Art. 29 and Art. 32(4) GDPR you may process them only \
on the instructions of your employer, unless a law requires you to do so.

I undertake not to process personal data without authority, in particular:

– to use them only for the tasks I have been given;
– not to disclose them, or give access to them, to anybody who is not authorised;
– to keep my credentials to myself, and to lock the screen when I leave it;
– to keep prints and downloaded files safe, and to destroy them as soon as they are not needed any \
more;
– to report a loss or misuse of data at once.

This undertaking of confidentiality (cf. § 53 BDSG) remains in force after my work has ended. \
Breaches may be punished by fines or imprisonment under Art. 83 GDPR, §§ 42, 43 BDSG and other \
laws, and may have consequences under labour law."""

SHIPPED = {"de": GERMAN, "en": ENGLISH}
