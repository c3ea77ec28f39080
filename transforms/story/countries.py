"""Countries and capitals whose name differs between languages, and what people and things from there are called.

Written down from general knowledge, in German, English, French and Spanish, without marks, in lower case; a word that
ends in `*` stands for all that begin so. The first of a line is what the others are read as. Capitals stand apart from
their countries: `Paris` is a place, "Paris refuses" is France, and both are said of nearly every story from there.
"""

_NAMES = """
afghanistan afghan*
algeria algerien algerie argelia algeri*
argentina argentinien argentine argentini* argentin*
australia australien australie australi*
austria osterreich autriche austri* osterreichi* autrichi*
belarus weissrussland bielorussie bielorrusia belaruss* weissruss* bieloruss*
belgium belgien belgique belgica belgi* belge*
brazil brasilien bresil brasil brazil* brasil* bresil*
britain grossbritannien uk britisch* british briten brite britons britannique* royaume-uni reino-unido bretagne
bulgaria bulgarien bulgarie bulgar*
cambodia kambodscha cambodge
canada kanada canadian* kanadi* canadien* canadiense*
china chines* chinois*
croatia kroatien croatie croat* kroat*
cuba kuba cuban* kuban*
cyprus zypern chypre chipre zypri* cypriot*
czechia tschechien tchequie czech* tschech* tchequ*
denmark danemark dinamarca danish danes danemark* danisch* danois*
egypt agypten egypte egipto egypti* agypti* egyptien*
england engl* anglais*
estonia estland estonie eston* estnisch*
ethiopia athiopien ethiopie etiopia ethiop* athiop*
europe europa europa* europe*
finland finnland finlande finlandia finnish finns finnisch* finland*
france frankreich francia french* franzos* francais* frances
georgia georgien georgie
germany deutschland allemagne alemania german* deutsch* allemand* aleman*
greece griechenland grece grecia greek* griech* grec*
hungary ungarn hongrie hungria hungar* ungar* hongr*
iceland island islande islandia iceland* islandisch*
india indien inde indian* indisch* indien*
indonesia indonesien indonesie indones*
iran irani* iranisch*
iraq irak iraqi* iraki*
ireland irland irlande irlanda irish irisch* irlandais* irland*
israel israel*
italy italien italie italia italia* italieni*
japan japon japan* japon*
jordan jordanien jordanie
kenya kenia kenya* keniani*
korea korean* coree* korea*
latvia lettland lettonie letonia latvia* lettisch* letton*
lebanon libanon liban libano leban* libanes*
libya libyen libye libia libya* libysch*
lithuania litauen lituanie lituania lithuan* litau*
luxembourg luxemburg luxemburgo
mexico mexiko mexique mexic* mexik*
moldova moldau moldavie moldawien moldov*
morocco marokko maroc marruecos morocc* marokk* maroc*
netherlands niederlande pays-bas holland hollande dutch niederland* neerland* hollan*
norway norwegen norvege noruega norweg* norveg*
pakistan pakistan*
poland polen pologne polonia polish poles pole polnisch* polonais*
portugal portug*
romania rumanien roumanie rumania romanian* rumani* roumain*
russia russland russie rusia russi* russland* russe russen russes russo*
saudi saudi* saudisch*
scotland schottland ecosse escocia scottish scots schott* ecossais*
serbia serbien serbie serb*
slovakia slowakei slovaquie slovak* slowak*
slovenia slowenien slovenie sloven* slowen*
spain spanien espagne espana spanish spani* espagnol* espanol*
sudan soudan sudan*
sweden schweden suede suecia swed* schwed* suedois*
switzerland schweiz suisse suiza swiss schweiz*
syria syrien syrie siria syri* syrisch*
taiwan taiwan*
thailand thail*
tunisia tunesien tunisie tunez tunis*
turkey turkei turquie turquia turkish turk* turc*
ukraine ucrania ukrain* ucrani*
usa us vereinigt* amerika* america* americ* etats-unis estados-unidos u.s
venezuela venezuel*
vietnam vietnam*
yemen jemen jemenit* yemen*
athens athen athenes atenas
belgrade belgrad belgrado
brussels brussel bruxelles bruselas
bucharest bukarest bucarest
cairo kairo caire
copenhagen kopenhagen copenhague
damascus damaskus damas damasco
geneva genf geneve ginebra
havana havanna havane habana
jerusalem jerusalen
kyiv kiew kyjiw kiev
lisbon lissabon lisbonne lisboa
london londres
moscow moskau moscou moscu
munich munchen
cologne koln colonia
beijing peking pekin
prague prag praga
rome rom roma
tehran teheran
tokyo tokio
vienna wien vienne viena
warsaw warschau varsovie varsovia
nato otan
eu ue
uno onu
"""
_WHOLE: dict[str, str] = {}
_BEGINNINGS: dict[str, str] = {}
for _line in _NAMES.split("\n"):
    for _name in _line.split():
        (_BEGINNINGS if _name.endswith("*") else _WHOLE).setdefault(_name.rstrip("*"), _line.split()[0])
_SHORTEST = 4  # letters of a beginning that is looked for
_STARTS = frozenset(_name[:_SHORTEST] for _name in _BEGINNINGS)
_LONGEST_REST = 6  # letters behind a beginning: "russisches", but not "Russlandexperte"


def country(word: str) -> str | None:
    """The one name of a country, a capital or an alliance; `word` is in lower case, without marks.

    >>> country("franzosische"), country("frankreich"), country("kiew"), country("frankfurt")
    ('france', 'france', 'kyiv', None)
    """
    if found := _WHOLE.get(word):
        return found
    if word[:_SHORTEST] not in _STARTS:
        return None
    for end in range(max(_SHORTEST, len(word) - _LONGEST_REST), len(word) + 1):
        if found := _BEGINNINGS.get(word[:end]):
            return found
    return None
