"""What is known about single languages: stemmer, apostrophes, umlauts, and the words that carry little meaning.

A language that is not listed is analysed soundly all the same: Unicode words, folded, not stemmed.
"""

# ISO 639-1 → the name of its algorithm in Snowball (PyStemmer 2.2 and newer have all of these but Czech and Polish,
# which came with 3.0; where the installed one lacks an algorithm the words stay unstemmed and the fingerprint says so).
SNOWBALL = {
    "ar": "arabic",
    "bs": "serbian",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hr": "serbian",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

# Here an apostrophe ends a short word and the next one begins: l'état, dell'arte, d'Hondt.
ELISION = frozenset({"ca", "fr", "ga", "it"})

# Snowball's German stemmer reads ae, oe, ue as umlauts by itself; elsewhere a Müller gets a second term, "mueller".
UMLAUTS_IN_STEMMER = frozenset({"de"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words of a question that say nothing about its subject. They are indexed and found like all others; they count less
# when the partial matches of several words are ranked (ranking.py has the measurement). Written for this project.
FUNCTION_WORDS = {
    "de": _words(
        "der die das den dem des ein eine einen einem einer eines und oder aber doch sondern denn dass daß ob als wie "
        "wenn weil während bevor nachdem wer was wen wem wessen wo woher wohin wann warum weshalb wieso womit wodurch "
        "wofür worüber woran worin welche welcher welches welchen welchem viel viele vielen ich du er sie es wir ihr "
        "man sich mich dich uns euch ihm ihn ihnen sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres "
        "ist sind war waren bin bist wird werden wurde wurden worden hat haben hatte hatten habe kann können konnte "
        "konnten soll sollen sollte muss müssen musste darf dürfen in im an am auf aus bei beim mit nach seit von vom "
        "zu zum zur für gegen ohne um durch über unter vor hinter neben zwischen bis ab nicht kein keine keinen keinem "
        "keiner auch noch schon nur so sehr mehr dann da hier dort dieser diese dieses diesen diesem jener jene jenes "
        "gibt gab es etwa eigentlich genannt tun tat getan macht machte gemacht"
    ),
    "en": _words(
        "the a an and or but nor so yet if then than that this these those there here who whom whose what which when "
        "where why how many much i you he she it we they me him her us them my your his its our their is are was were "
        "be been being am do does did done doing has have had having can could may might must shall should will would "
        "in on at by for from of off to into onto over under with without about between through during before after "
        "as not no nor only also any some such all each other has been"
    ),
    "es": _words(
        "el la los las un una unos unas y o pero que quien quienes cual cuales cuando donde como por para con sin de "
        "del en a al se su sus es son era eran fue fueron ser ha han había no más muy lo le les me te nos qué quién "
        "cuál cuándo dónde cómo cuántos cuántas"
    ),
    "fr": _words(
        "le la les un une des et ou mais que qui quoi dont où quand comment pourquoi combien quel quelle quels quelles "
        "de du d l à au aux en dans par pour avec sans sur sous se son sa ses leur leurs est sont était étaient fut "
        "être a ont avait il elle ils elles on nous vous je tu ne pas plus ce cet cette ces"
    ),
    "it": _words(
        "il lo la i gli le un uno una e o ma che chi cui quale quali quando dove come perché quanto quanti di a da in "
        "con su per tra fra del della dei degli delle al alla ai dal dalla nel nella sul sulla si suo sua è sono era "
        "erano fu essere ha hanno aveva non più l d"
    ),
    "nl": _words(
        "de het een en of maar dat die wie wat waar wanneer waarom hoe hoeveel welke welk van in op aan met voor door "
        "uit bij naar om te er is zijn was waren werd werden wordt heeft hebben had hij zij ze wij we ik je niet geen "
        "ook nog"
    ),
}
