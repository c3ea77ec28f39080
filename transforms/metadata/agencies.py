"""News agencies and the outlets that sign like one: their names, and the forms in which bylines give them."""

import re
from functools import cache

# The name under which an agency is filed, then other forms of it; case aside.
_AGENCIES = """
dpa| deutsche presse-agentur| dpa-infocom| dpa-afx| dpa-tmn| dpa/lnw
AFP| agence france-presse| agence france presse| l'afp| afp.com
AP| associated press| the associated press| ap news
Reuters| thomson reuters| rtr| reuters news agency| reuters.com
APA| austria presse agentur| apa-ots| apa/dpa
Keystone-SDA| keystone-ats
sda| schweizerische depeschenagentur
ATS| agence télégraphique suisse
epd| evangelischer pressedienst
KNA| katholische nachrichten-agentur
SID| sport-informations-dienst| sport-informationsdienst
dts| dts nachrichtenagentur| dts-nachrichtenagentur
dapd| dapd nachrichtenagentur
ddp
ots| news aktuell
teleschau| spot on news| glomex
dpa-Custom Content
ANSA| agenzia ansa
Adnkronos
AGI| agenzia italia
askanews
LaPresse
Italpress
EFE| agencia efe
Europa Press
Notimex
Télam| telam
Lusa| agência lusa| lusa/fim
Agência Brasil| agencia brasil
Estadão Conteúdo| estadao conteudo
Folhapress
ANP| algemeen nederlands persbureau
Novum Nieuws
Belga| agence belga
PAP| polska agencja prasowa
ČTK| ctk| čtk
TASR
SITA
MTI| magyar távirati iroda
Agerpres| mediafax
BTA
HINA| hina
Tanjug
STA
TASS| itar-tass| тасс
RIA Novosti| риа новости| ria novosti| sputnik
Interfax| интерфакс| interfax-ukraine| інтерфакс-україна| интерфакс-украина
Ukrinform| укрінформ| укринформ
UNIAN| уніан| униан
УНН
BelTA| белта
Ritzau| ritzaus bureau| ritzau bureau
NTB| norsk telegrambyrå
TT| tt nyhetsbyrån| tt-ritzau
STT| finnish news agency
LETA| elta| bns
Xinhua| xinhuanet| 新华社| 新華社| xinhua news agency
CNS| 中新社| 中新网| china news service
CNA| 中央社| central news agency
Kyodo| kyodo news| 共同通信| 共同
Jiji| jiji press| 時事通信| 時事
Yonhap| yonhap news agency| 연합뉴스
Newsis| 뉴시스
PTI| press trust of india| पीटीआई| भाषा
ANI| asian news international| एएनआई
IANS| indo-asian news service
UNI
APP| associated press of pakistan
BSS
UNB
Bernama
Antara
VNA
PNA
AAP| australian associated press
RNZ
The Canadian Press| canadian press| cp| la presse canadienne| presse canadienne
PA Media| press association| pa| the press association| pa news agency
UPI| united press international
Bloomberg| bloomberg news
Dow Jones| dow jones newswires
Anadolu| anadolu agency| anadolu ajansı| aa
DHA| demirören haber ajansı| dogan haber ajansi| doğan haber ajansı
İHA| iha| ihlas haber ajansı
ANKA| anka haber ajansı
ANF| anf news
IRNA
ISNA
Fars
Mehr News
SANA
WAM
SPA| saudi press agency| واس
MENA| middle east news agency
MAP| maghreb arabe presse
APS| algérie presse service
TAP| tunis afrique presse
Petra| وكالة الأنباء
NAN| news agency of nigeria
SAPA| african news agency
Pressenza
IPS| inter press service
Africanews
KCNA
ΑΠΕ-ΜΠΕ| απε| ana-mpa
Getty Images
Tribune News Service| tribune content agency
States Newsroom
"""
# Outlets that are credited like an agency or in an agency's place; no person has such a name. Houses stand between
# bars, the forms of one between equals signs.
_OUTLETS = """
BBC = bbc news = bbc sport = bbc news online
CNN = cnn wire = cnn newsource = cnn.com
DW = deutsche welle = dw.com
SRF| ORF = orf.at| ZDF = zdfheute| ARD = ard-aktuell = tagesschau = tagesschau.de| NDR| WDR| BR| BR24| SWR| MDR| RBB
HR
Radio Bremen| Deutschlandfunk = dlf| RTS| RSI| RTBF| VRT| NOS| NRK| SVT| DR| YLE| RAI| RTVE| RTP| TVP| RTÉ| CBC| ABC
NPR| PBS| NBC = nbc news| CBS = cbs news| ABC News| Fox News| Sky News| ITV| ITV News| Al Jazeera| France 24
RFI| franceinfo
NHK| RND = redaktionsnetzwerk deutschland| funke mediengruppe| VOA = voice of america| RFE/RL = radio free europe
RFA
Der Spiegel = spiegel = spiegel online| Die Zeit = zeit = zeit online| Die Welt = welt = welt online| FAZ = faz.net
Süddeutsche Zeitung = sz = sz.de| taz = die tageszeitung| Bild = bild.de| Focus = focus online| Stern = stern.de
n-tv = ntv
t-online = t-online.de| Handelsblatt| Der Standard| Die Presse| NZZ = neue zürcher zeitung| Tages-Anzeiger
Blick| 20 Minuten
Der Tagesspiegel| Tagesspiegel| Correctiv| netzpolitik.org| heise online| golem.de| Kurier| Kronen Zeitung
watson| ServusTV
The New York Times = new york times = nyt| The Washington Post = washington post
The Wall Street Journal = wall street journal| Los Angeles Times| The Guardian = guardian| The Times| The Telegraph
The Independent| The Economist
Financial Times
Daily Mail = mailonline| The Sun| Politico| Axios| ProPublica| Forbes| Time| Newsweek| USA Today| HuffPost
BuzzFeed News
The Conversation| The Hill| The Atlantic| The Verge| Wired| The Irish Times| The Globe and Mail| Toronto Star
Le Monde = lemonde.fr| Le Figaro = figaro| Libération| Les Echos| L'Express| Le Point| Le Parisien| L'Obs| Mediapart
Ouest-France| 20 Minutes| BFMTV| La Croix| L'Équipe| Le Soir| La Libre| Le Temps| Courrier international
El País| El Mundo| ABC| La Vanguardia| El Confidencial| elDiario.es| El Periódico| La Nación| Clarín
Infobae| El Universal
Corriere della Sera| La Repubblica| Repubblica| La Stampa| Il Sole 24 Ore| Il Post| Il Fatto Quotidiano
Il Messaggero
De Volkskrant = de volkskrant| NRC| Trouw| De Telegraaf| Het Parool| AD| NU.nl| De Standaard| De Morgen
Het Laatste Nieuws
Gazeta Wyborcza| Rzeczpospolita| Onet| TVN24| Polsat News| RMF24| Wirtualna Polska| Interia
Folha de S.Paulo| O Globo| G1| Estadão| Público| Expresso| Observador| Correio da Manhã| UOL| Jornal de Notícias
Українська правда| Ukrainska Pravda| Європейська правда| Суспільне| Радіо Свобода| Радио Свобода| Медуза
Meduza| Коммерсантъ| РБК
Aftenposten| Dagens Nyheter| Svenska Dagbladet| Aftonbladet| Expressen| Politiken| Berlingske| Jyllands-Posten| VG
Asahi Shimbun| 朝日新聞| 読売新聞| 毎日新聞| 人民日报| 人民网| 新京报| 环球时报| दैनिक भास्कर| अमर उजाला| NDTV| The Hindu
The Times of India| Hindustan Times| Indian Express| South China Morning Post| The Straits Times| The Japan Times
Haaretz| The Times of Israel| Hürriyet| Cumhuriyet| Sözcü| Kathimerini
"""
# As a word with one capital these are given names or words in some language: "Sid Vicious", "Ani", "Time".
_AMBIGUOUS_TEXT = """
sid ani ina efe hina pa aa ap app map sta uni nan tap sana mena cp br hr dr ad abc tt ats petra fars time stern bild
blick focus zeit welt wired politico forbes watson guardian figaro spiegel aps vg sz ard sita leta wam bss unb cna cns
iha anka antara elta expresso kurier
"""
_AMBIGUOUS = frozenset(_AMBIGUOUS_TEXT.split())
LONGEST_NAME = 6  # words


@cache
def _forms() -> dict[str, str]:
    """Each form, folded → the name under which it is filed; agencies come before outlets."""
    found: dict[str, str] = {}
    for line in _AGENCIES.strip().splitlines():
        name, *others = (form.strip() for form in line.split("|"))
        own = name == "teleschau"  # a line of several small services, each filed under its own name
        for form in (name, *others):
            found.setdefault(form.casefold(), form if own else name)
    for house in (each for line in _OUTLETS.strip().splitlines() for each in line.split("|")):
        forms = [form.strip() for form in house.split("=")]
        for form in forms:
            found.setdefault(form.casefold(), forms[0])
    return found


def filed(stated: str) -> str:
    """The one name under which an agency is filed, however it was stated; what is not known stays as stated.

    >>> filed("The Associated Press"), filed("DPA"), filed("Muster-Dienst")
    ('AP', 'dpa', 'Muster-Dienst')
    """
    return _forms().get(stated.strip(" .").casefold(), stated)


def is_one(text: str) -> bool:
    """Whether `text` is an agency's or outlet's name and nothing else, in letters as such names are written."""
    name = text.strip(" .")
    folded = name.casefold()
    if folded not in _forms():
        return False
    if " " in name or len(folded) > 7 or not folded.isalpha():
        return True
    if name.islower():
        return len(name) > 2 and (folded not in _AMBIGUOUS or folded in {"sid", "apa"})
    return name.isupper() or folded not in _AMBIGUOUS


def within(text: str) -> tuple[str, ...]:
    """The agencies and outlets that words of `text` name, as stated, the longest names first where they overlap.

    >>> within("AP Staff"), within("mit Material von dpa und AFP")
    (('AP',), ('dpa', 'AFP'))
    """
    words = re.findall(r"[^\s,;/()|]+", text)[:40]
    found: list[str] = []
    at = 0
    while at < len(words):
        for size in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            name = " ".join(words[at : at + size])
            single = size == 1 and not (name.isupper() or name.islower() or len(name) > 5 or "." in name)
            if is_one(name) and not single:
                found.append(name.strip(" ."))
                at += size - 1
                break
        at += 1
    return tuple(dict.fromkeys(found))
