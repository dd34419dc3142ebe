"""The letters that languages have beyond ASCII: what tells one old encoding from another. Only the encoder asks.

A text that is read in the wrong encoding has letters that no single language has together: a Czech text as
windows-1252 is half Norwegian, half Italian. Where the letters are an alphabet of their own, the frequent ones
stand first: a Russian text in KOI8-R, read as windows-1251, is also Russian letters, but capital and rare ones.
"""

LATIN = {
    "western": "éèêëàâäáåæçñíìîïóòôöõøœúùûüßÿšž",
    "german": "üäöß",
    "french": "éàèêçôâîùûœïëæ",
    "spanish": "óíáñéúü¿¡",
    "portuguese": "ãçáéíóêõúâàô",
    "catalan": "àéóòíèçúïü·",
    "italian": "èàùìòé",
    "nordic": "äåøöæéü",
    "icelandic": "íáðþóæúöéý",
    "czech": "áíéěřýšžčůúťňďó",
    "slovak": "áíéčýžšťúľôäňóďŕĺ",
    "polish": "łążęśóćńź",
    "hungarian": "áéóöőíüúű",
    "romanian": "ăîâşţșț",
    "south slavic": "čšžćđ",
    "turkish": "ışüğçöâîİ",
    "lithuanian": "ėšųžįąčūę",
    "latvian": "āīēšūņļžģķč",
    "estonian": "äõüöšž",
    "esperanto": "ĉĝĥĵŝŭ",
}
"""Lower-case letters beyond ASCII, the most frequent first."""
FREQUENT = {
    "russian": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "ukrainian": "оаинвіертслкдумпзяьбгчйхжїцюєшщфґ",
    "bulgarian": "аиоентрсвлдкпмзугябъчщжцхйшюфь",
    "serbian": "аоиенрсјтукдвлмпгзбчшцњжљхћђфџ",
    "greek": "αοιετσνηυρπκμλςίόάέγδωήχύφθώβξζψϊϋΐΰ",
    "hebrew": "יוהלארתבמשנעדקחפםטגצןכסךזףץ",
    "arabic": "اليمنرتوبةعدسفهكقأحجشطصخإىضذزئءثغآظؤ",
    "thai": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผณธถศษซภญฟ่้ัิีุ็์",
}
"""The most frequent first."""
PUNCTUATION = "“”„‘’‚–—…«»‹›°§€£©®™·•№ª º\u00a0\u00ad´"

CAPITAL = 0.85
"""Of a capital, against the same letter in lower case: the wrong reading of Cyrillic often has capitals instead."""
WRONG = -1.0
CONTROL = -4.0
"""Of a character that an encoding does not have, or that no text has."""


def weights(language: str) -> dict[str, float]:
    """What each character says for a text being in this language: 1 is as much as one can, below 0 is against."""
    alphabet = LATIN.get(language) or FREQUENT[language]
    if language == "western":
        table = dict.fromkeys(alphabet, 0.75)
    elif language in LATIN:
        table = {letter: 1.0 - 0.5 * rank / len(alphabet) for rank, letter in enumerate(alphabet)}
    else:
        table = {letter: min(1.0, 1.3 - 1.2 * rank / len(alphabet)) for rank, letter in enumerate(alphabet)}
    for letter in tuple(table):
        table.setdefault(letter.upper()[0], table[letter] * CAPITAL)
    for mark in PUNCTUATION:
        table.setdefault(mark, 0.5)
    return table
