"""Countries, cities with region and postal code, and telephone numbers; ``draw.fill`` tells what the marks mean."""

from __future__ import annotations

__all__ = ["CITIES", "COUNTRIES", "LOCALES", "PHONES", "SHARES", "STREETS"]

COUNTRIES = ("DE", "US", "GB", "FR", "IT", "ES", "PL", "NL", "CH")
SHARES = (0.34, 0.13, 0.11, 0.11, 0.08, 0.07, 0.06, 0.05, 0.05)
"""Share of people by country; sums to 1."""

LOCALES = {
    "DE": "de_DE", "US": "en_US", "GB": "en_GB", "FR": "fr_FR", "IT": "it_IT", "ES": "es_ES", "PL": "pl_PL",
    "NL": "nl_NL", "CH": "de_CH",
}  # fmt: skip
"""Whose word lists of names and streets."""

STREETS = {
    "DE": ("{name}straße {number}", "{name}weg {number}", "Am {name}platz {number}"),
    "US": ("{number} {name} Street", "{number} {name} Avenue", "{number} {name} Drive"),
    "GB": ("{number} {name} Road", "{number} {name} Close", "{number} {name} Lane"),
    "FR": ("{number}, rue {name}", "{number}, avenue {name}", "{number}, boulevard {name}"),
    "IT": ("Via {name}, {number}", "Piazza {name}, {number}", "Viale {name}, {number}"),
    "ES": ("Calle {name} {number}", "Avenida {name} {number}", "Plaza {name} {number}"),
    "PL": ("ul. {name} {number}", "aleja {name} {number}", "plac {name} {number}"),
    "NL": ("{name}straat {number}", "{name}laan {number}", "{name}weg {number}"),
    "CH": ("{name}strasse {number}", "{name}weg {number}", "{name}gasse {number}"),
}

PHONES = {
    "DE": ("+49 151 ########", "+49 171 #######", "+49 89 %#######", "+49 30 %#######"),
    "US": ("+1 617-%##-####", "+1 212-%##-####", "+1 415-%##-####", "+1 512-%##-####", "+1 206-%##-####"),
    "GB": ("+44 7400 ######", "+44 20 7946 0###", "+44 161 496 0###"),
    "FR": ("+33 6 12 ## ## ##", "+33 1 42 ## ## ##", "+33 4 72 ## ## ##"),
    "IT": ("+39 347 %######", "+39 333 %######", "+39 02 %#######"),
    "ES": ("+34 6%# ### ###", "+34 91% ### ###", "+34 93% ### ###"),
    "PL": ("+48 601 ### ###", "+48 512 ### ###", "+48 22 %## ## ##"),
    "NL": ("+31 6 2### ####", "+31 20 %## ####", "+31 6 5### ####"),
    "CH": ("+41 79 %## ## ##", "+41 44 %## ## ##", "+41 78 %## ## ##"),
}

_TABLE = """
DE|Berlin|Berlin|101##   DE|Hamburg|Hamburg|200##   DE|München|Bayern|803##   DE|Nürnberg|Bayern|904##
DE|Köln|Nordrhein-Westfalen|506##   DE|Aachen|Nordrhein-Westfalen|520##   DE|Dresden|Sachsen|010##
DE|Leipzig|Sachsen|041##   DE|Stuttgart|Baden-Württemberg|701##   DE|Karlsruhe|Baden-Württemberg|761##
DE|Frankfurt am Main|Hessen|603##   DE|Göttingen|Niedersachsen|370##   DE|Kiel|Schleswig-Holstein|241##
DE|Jena|Thüringen|077##   DE|Rostock|Mecklenburg-Vorpommern|180##
US|Boston|MA|021##   US|Cambridge|MA|021##   US|New York|NY|100##   US|Ithaca|NY|148##   US|San Francisco|CA|941##
US|Berkeley|CA|947##   US|Austin|TX|787##   US|Seattle|WA|981##   US|Chicago|IL|606##   US|Boulder|CO|803##
US|Atlanta|GA|303##
GB|London|Greater London|N%# #@@   GB|Manchester|Greater Manchester|M%# #@@   GB|Edinburgh|Midlothian|EH% #@@
GB|Cambridge|Cambridgeshire|CB% #@@   GB|Oxford|Oxfordshire|OX% #@@   GB|Bristol|Avon|BS% #@@
GB|Leeds|West Yorkshire|LS% #@@
FR|Paris|Île-de-France|750##   FR|Lyon|Auvergne-Rhône-Alpes|690##   FR|Grenoble|Auvergne-Rhône-Alpes|380##
FR|Toulouse|Occitanie|310##   FR|Nantes|Pays de la Loire|440##   FR|Strasbourg|Grand Est|670##
FR|Lille|Hauts-de-France|590##
IT|Roma|Lazio|001##   IT|Milano|Lombardia|201##   IT|Torino|Piemonte|101##   IT|Bologna|Emilia-Romagna|401##
IT|Trieste|Friuli-Venezia Giulia|341##   IT|Pisa|Toscana|561##   IT|Napoli|Campania|801##
ES|Madrid|Comunidad de Madrid|280##   ES|Barcelona|Cataluña|080##   ES|Valencia|Comunidad Valenciana|460##
ES|Sevilla|Andalucía|410##   ES|Granada|Andalucía|180##   ES|Zaragoza|Aragón|500##
PL|Warszawa|mazowieckie|00-###   PL|Kraków|małopolskie|30-###   PL|Gdańsk|pomorskie|80-###
PL|Poznań|wielkopolskie|60-###   PL|Wrocław|dolnośląskie|50-###   PL|Łódź|łódzkie|90-###
NL|Amsterdam|Noord-Holland|10%# @@   NL|Utrecht|Utrecht|35%# @@   NL|Delft|Zuid-Holland|26%# @@
NL|Leiden|Zuid-Holland|23%# @@   NL|Groningen|Groningen|97%# @@   NL|Eindhoven|Noord-Brabant|56%# @@
CH|Zürich|Zürich|80##   CH|Bern|Bern|30##   CH|Basel|Basel-Stadt|40##   CH|Lugano|Ticino|69##
CH|Luzern|Luzern|60##   CH|Lausanne|Vaud|10##
"""

CITIES: tuple[tuple[str, str, str, str], ...] = tuple(
    (country, city, region, postal)
    for line in _TABLE.strip().splitlines()
    for country, city, region, postal in (entry.strip().split("|") for entry in line.split("   ") if entry.strip())
)
"""(country, city, region, postal code pattern)"""
