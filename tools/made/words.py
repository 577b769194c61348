"""Names and words that made-up persons and organisations are put together from."""


def _words(text: str) -> list[str]:
    return text.split()


FEMALE = _words("""
Anna Maria Ursula Monika Petra Elisabeth Sabine Renate Helga Karin Brigitte Ingrid Erika Andrea
Gisela Claudia Susanne Gabriele Christa Christine Hildegard Anja Barbara Nicole Julia Katharina
Heike Angelika Ulrike Birgit Stefanie Martina Jana Silke Kerstin Sandra Laura Lena Sarah Lisa
Johanna Marie Sophie Emma Mia Charlotte Hannah Ayşe Zeynep Agnieszka Olga Ylva Friederike
""")
MALE = _words("""
Peter Michael Wolfgang Thomas Klaus Werner Manfred Hans Andreas Jürgen Stefan Christian Uwe
Frank Dieter Bernd Günter Rolf Markus Matthias Martin Jörg Alexander Daniel Jan Tobias Sebastian
Florian Philipp Maximilian Johannes Ulrich Joachim Heinz Gerhard Rainer Sören Lukas Leon Paul
Felix Jonas Finn Mehmet Mustafa Piotr Dmitri Björn Friedrich Konrad Anton
""")
SURNAMES = _words("""
Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer
Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange
Schmitt Werner Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer
Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller
Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm
Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt
Haas Schreiber Graf Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer
Arnold Wolff Pfeiffer
""")
BEGINNINGS = _words("""
Lin Ros Grün Hass Eber Brei Stein Wall Kirch Nieder Ober Holl Wies Feld Buch Eich Tann Reh
Hirsch Berg Thal Bach Sand Stern Gold Silber Adler Falk Rab Sperl Schön Lieb Hart Kalt Lauten
Ritz Tür Ack Ott Dorn
""")
ENDINGS = _words("""
inger mann meier bach berg hofer steiner thaler ner hardt haus feld stein heim dorf bauer moser
huber egger ler walder brunner müller schmid reuter wald horst ke ow ski
""")
STREETS = _words("""
Haupt Bahnhof Schul Garten Dorf Berg Birken Linden Kirch Wald Ring Wiesen Jahn Goethe Schiller
Mozart Blumen Rosen Feld Mühlen Eichen Buchen Sonnen Post Markt Brunnen Bach Amsel Lerchen
Drossel Erlen Ahorn Hof Ost West Nord Süd Kant Lessing Heine Fichte Humboldt Beethoven
""")
PLACES = _words("""
Jena Erfurt Weimar Gera Leipzig Dresden Chemnitz Halle Berlin Potsdam Hamburg Bremen Kiel
Rostock Hannover Kassel Fulda Frankfurt Mainz Köln Bonn Essen Dortmund Münster Bielefeld Aachen
Trier Saarbrücken Mannheim Karlsruhe Stuttgart Ulm Freiburg Konstanz Augsburg München Regensburg
Nürnberg Würzburg Bayreuth
""")
TRADES = _words("""
Maschinenbau Metallbau Elektrotechnik Software Beratung Logistik Spedition Bau Immobilien Druck
Verlag Feinkost Getränke Bäckerei Möbel Textil Medizintechnik Optik Energie Solar Automobile
Werkzeuge Kunststoff Verpackung Chemie Gartenbau Holzbau Sanitär Reisen Hotel Gastronomie
Restaurant Apotheke Steuerberatung Architekten Ingenieure Marketing Medien Handel Reinigung
""")
HANDLES = _words("""
sonne maus tiger stern biene falke pirat lotte blitz wolke
""")
WAYS = ("straße", "straße", "straße", "weg", "weg", "allee", "gasse", "platz", "ring")
FORMS = ("GmbH", "GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG", "OHG", "e.K.", "UG", "e.V.", "")
FREE = ("gmx.de", "web.de", "gmail.com", "t-online.de", "freenet.de", "outlook.de", "posteo.de")
