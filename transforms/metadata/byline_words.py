"""The words of bylines: what leads to a name, what tells another's work, a trade, an organisation."""

import re
from functools import cache

# What stands before the name of who wrote it. A colon may follow all of them, and must follow those in `_LABELS`.
_LEADS = r"""
von | by | par | por | di | da | door | van\s+onze | van(?=\s+(?:correspondent|verslagge|redact)) |
  av | af | od | przez | oleh | bởi | skrifað\s+af | του | της | بقلم |
  كتب | כתב | от
(?:ein(?:e|en)?\s+|das\s+|die\s+|der\s+|an?\s+|une?\s+|un[ao]?\s+|een\s+|il\s+|el\s+|en\s+)?
  (?:gast|guest\s+|opinion\s+)?(?:beitrag|kommentar|interview|essay|post|piece|letter|op-ed|analyse|reportage|bericht|kolumne|gespräch|glosse|leitartikel|rezension|
  nachruf|porträt|protokoll|artikel|meinungsbeitrag|feature|kritik|recherche|analysis|opinion|review|comment|column|
  editorial|obituary|report|words|story|text|stories|article|explainer|perspective|commentary|dispatch|special\s+report|
  entretien|récit|chronique|tribune|analyse|reportage|enquête|portrait|billet|critique|articolo|intervista|analisi|
  commento|servizio|testo|texto|texte|tekst|artículo|entrevista|reportaje|análisis|crónica|opinión|columna|
  reportagem|análise|artigo|crônica|opinião|artikel|column|opinie|recensie|wywiad|rozmowa|artykuł|komentarz)
  \s+(?:von|by|par|por|di|de|door|van|av|af|przygotował)
(?:das\s+|dieses\s+)?(?:interview|gespräch)\s+(?:hat\s+)?(?:führten?|geführt(?:\s+(?:von|hat))?) |
  die\s+fragen\s+stellten?
(?:exklusiv|exclusive|exclusif|esclusiva?|exclusiv[ao])\s+(?:von|by|par|di|por)
(?:es|aus\s+\S+|für\s+\S+)\s+(?:schreibt|berichtet|kommentiert)
(?:aufgezeichnet|geschrieben|verfasst|erstellt|protokolliert|eingestellt|gepostet|veröffentlicht|publiziert|eingetragen|
  gesprochen|berichtet|hochgeladen|hinzugefügt)\s+(?:(?:am|um|vor)\s[^|]{0,30}?\s)?(?:von|durch)
(?:additional\s+)?(?:written|posted|published|submitted|contributed|authored|created|compiled|prepared|interviewed|
  reported|filed|penned|uploaded|added|interview|reporting)\s+(?:on\s[^|]{0,30}?\s)?by | as\s+told\s+to | my\s+name\s+is
propos\s+recueillis\s+par | recueillis?\s+par | entretien\s+réalisé\s+par | interviewée?\s+par
(?:écrit|publié|posté|rédigé|proposé|envoyé|réalisé|signé|traduit\s+et\s+adapté)e?\s+(?:le\s[^|]{0,30}?\s)?par
(?:escrito|publicado|redactado|elaborado|enviado|posteado|escrita|publicada|redigido|postado|feito)\s+por
(?:scritto|pubblicato|redatto|inserito|postato)\s+da | a\s+cura\s+di | dal\s+nostro\s+(?:inviato|corrispondente)
(?:geschreven|gepubliceerd|geplaatst|opgetekend)\s+door | (?:skrevet|skriven|skrivet|publicerad|publisert)\s+a[vf]
(?:rozmawiała?|napisała?|opracowała?|przygotowała?|opracowanie|oprac\.?|notowała?|wysłuchała?)
(?:записала?|розмовля(?:в|ла)|підготува(?:в|ла)|беседовала?|подготовила?|написала?|спілкува(?:вся|лася)) | írta | piše
(?:alle|alles|mehr|weitere)\s+(?:\w+\s+){0,2}?(?:von|zu|über) | (?:all\s+|more\s+|view\s+all\s+|see\s+all\s+|
  read\s+more\s+)?
  (?:posts?|articles?|stories|content)?\s*(?:by|from) | (?:tous\s+les\s+|voir\s+(?:tous\s+)?(?:les\s+)?)?articles\s+de |
  (?:ver\s+)?(?:todos|todas)\s+(?:\w+\s+){0,3}?(?:de|por) | tutti\s+gli\s+articoli\s+di | zum\s+profil\s+von | 👤
"""
_LABELS = r"""
(?:haupt|gast)?autor(?:in|en|innen|[:*_/]innen)? | (?:text|words|texte|texto|testo|tekst|story)\s*(?:und|and|et|
  y|e|en|i|og|och|&|\+|/)\s*
  (?:fotos?|photos?|bilder|pictures|images|foto's|beeld|zdjęcia|video) | guest\s+authors? | authors? | autore |
  autrice | autori | autorzy | autork[ai] | auteurs?e? | auteure |
autores | autora | verfasser(?:in)? | text(?:e|en)? | words | story | report | bericht | tekst | texto?s? |
  texte | testo |
(?:gast)?kommentar | gastbeitrag | kolumne | glosse | leitartikel | essay | analyse | reportage | porträt | rezension |
  nachruf | analysis | opinion | commentary | column | guest\s+column | review | obituary |
teksti | szöveg | szerző | interview | protokoll | redaktion\s+und\s+text | recherche | beitrag | artikel | reporter |
gepostet | автори?(?:ка)? | текст | інтерв'?ю | forfatter | författare | kirjoittaja | skribent | yazar |
  yazan | muhabir |
haber | autoř(?:ka)? | autorul | συντάκτης | penulis | tác\s+giả | 作者 | 记者 | 記者 | 文 | 撰文 | 執筆 | 글 | الكاتب |
  लेखक | מאת |
byline | by | von | name | written | journalist | journaliste | periodista | giornalista
"""
_BARE_LABELS = "tekst|text|texte|testo|words"  # without a colon, before a name alone
# What is another's work: no author. The names stand behind it.
_OTHERS = r"""
(?:fotos?|fotografien|photos?|photographs?|photography|pictures?|bild(?:er)?|illustrations?|illustrationen|
  illustraties?|
 illustrazioni|ilustracj[ae]|ilustraci(?:ón|ones)|ilustraç(?:ão|ões)|illustrasjon|grafik(?:en)?|graphics?|
  infografi[ck]en?|
 vídeo|video|videos|kamera|montage|schnitt|produktion|regie|sprecher(?:in)?|moderation|zdjęcia|fot\.|foto's|beeld|
 fotografie|fotografía|fotografías?|fotografias?|imágenes|imagens?|images?|immagini|bilder|foton|valokuvat|kuvat?|fotó|
 фото|ілюстрації|иллюстрации|redaktion|editing|bearbeitung|lektorat|mitarbeit|übersetzung|translation|traduction|
 traducción|traduzione|tradução|vertaling|tłumaczenie|przekład|переклад|перевод|översättning|faktencheck|dokumentation|
 webredaktion|online-?umsetzung|umsetzung|design|layout|audio|ton|musik|copyright|写真|摄影|攝影|编辑|編集|
 责编|责任编辑|사진|تصوير|montaje|edición|edição)
 (?:\s*(?:&|und|and|/|,)\s*(?:fotos?|photos?|video|grafik|illustration|bilder))?
 \s*(?:by\b|von\b|de\b|di\b|par\b|por\b|door\b|av\b|\s*[:：＝=／])
(?:photographed|illustrated|translated|edited|reviewed|fact[- ]checked|medically\s+reviewed|verified|proofread|filmed|
 curated|produced|approved|updated)\s+by | (?:deutsch|aus\s+dem\s+\w+(?:\s+übersetzt)?|übersetzt)\s+von
(?:additional|further|contributing)\s+(?:reporting|research|writing)\s+(?:by|from)
(?:bearbeitet|redigiert|übersetzt|geprüft|fotografiert|illustriert|gesponsert|präsentiert)\s+(?:von|durch)
(?:traduit|illustré|photographié|traducido|traducida|editado|tradotto|traduzido|vertaald|przełożył[ao]?|tłumaczył[ao]?)
 (?:\s+(?:\w+\s+){0,3}?(?:par|por|da|door))?
^(?:ein\s+|das\s+|an\s+|un\s+|une\s+|a\s+|uma\s+|una\s+|un'|een\s+)?(?:interview|gespräch|entretien|intervista|
  entrevista|
 wywiad|rozmowa|conversation|vraaggesprek)\s+(?:mit|with|avec|con|a|com|met|z|ze)\b
"""
# What leads to an agency whose material was used; no person follows.
_MATERIAL = r"""
(?:mit|unter\s+verwendung\s+von|teils?\s+mit)\s+(?:dem\s+)?(?:material|informationen|agenturmaterial|inhalten|meldungen)
 (?:\s+(?:von|der|des|aus))?
with\s+(?:reporting|files|material|inputs?|agency\s+inputs|information|additional\s+reporting)(?:\s+(?:from|by))?
avec\s+(?:les\s+)?(?:agences?|informations)(?:\s+de)? | con\s+(?:información|informaciones|datos|agencias)(?:\s+de)?
con\s+(?:informazioni|agenzie)(?:\s+di)? | com\s+(?:informações|agências?)(?:\s+d[aeo]s?)? | z\s+(?:materiałów|depesz)
met\s+(?:informatie|medewerking)\s+van | na\s+podst(?:awie|\.) | за\s+матеріалами | по\s+материалам |
  source\s*: | quellen?\s*:
fonte\s*: | fuente\s*: | źródło\s*: | bron\s*: | kilde\s*: | lähde\s*: | kaynak\s*: | 来源\s*[:：] | 來源\s*[:：]
"""


def _alternatives(text: str) -> str:
    """The lines of a table as one alternation; a line that is indented goes on with the one above."""
    lines = (line.strip(" |") for line in re.sub(r"\n\s+", "", text.strip()).split("\n"))
    return "|".join(line for line in lines if line)


@cache
def lead() -> re.Pattern[str]:
    """What stands before the first name: `Von`, `Ein Gastbeitrag von`, `Author:`. Compiled when first asked for."""
    return re.compile(
        rf"^(?:(?:{_alternatives(_LEADS)})(?:\s*[:：]\s*|\s+)|(?:{_alternatives(_LABELS)})\s*[:：／＝/=](?!/)\s*"
        rf"|(?:{_BARE_LABELS})\s+(?=(?-i:[A-ZÀ-Ž])))",
        re.IGNORECASE | re.VERBOSE,
    )


@cache
def turn() -> re.Pattern[str]:
    """The same in the midst of a byline, where a word must be sure: a label with its colon, or `written by`.

    The group that matched says what follows: `own`, `material` (agencies alone) or `other` (another's work).
    """
    return re.compile(
        rf"""(?P<own>(?<!\w)(?:(?:haupt|gast)?autor(?:in|en|innen|[:*_/]innen)?|authors?|auteurs?|autore|autores|interview|protokoll|
               bericht|(?:text|texte|texto|testo|tekst|words|story)
               (?:\s*(?:und|and|et|y|e|en|i|og|och|&|\+|/)\s*(?:fotos?|photos?|bilder|pictures|images|foto's|beeld|zdjęcia))?
               )\s*[:：](?!/)
               |(?<!\w)(?:written|reported|interview|reporting|posted|published|words|story|text|aufgezeichnet|geschrieben)
               \s+(?:by|von)\b)
           | (?P<material>(?<!\w)(?:{_alternatives(_MATERIAL)}))
           | (?P<other>(?<!\w)(?:{_alternatives(_OTHERS).replace("|^", "|(?<![^|;,./])")}))""",
        re.IGNORECASE | re.VERBOSE,
    )


AND_TEXT = """
and und sowie et och og mit with avec con con: med met com wie plus ja és eta dan và un ir ve dhe και или и й та oraz
wraz z и así como as well as og også samt et/ou and/or und/oder im gespräch mit in conversation with और एवं และ
"""
# One letter, or a word that may belong to a name or lead to a place: they part names only between two whole ones.
NARROW_ANDS = "y e i a en si și e: и й і te u og ati da ed"

# What no person's name holds. Trades, organisations, parts of a page, in the languages of the press.
_NOISE_TEXT = """
redaktion redaktionell redaktionsteam onlineredaktion online-redaktion digitalredaktion lokalredaktion sportredaktion
redaktionsnetzwerk redazione redacción redaccion redação redacao rédaction redaction redactie redakcja redakce
redakcia redaksjonen redaktionen toimitus szerkesztőség редакція редакция редакции redaksi yazıişleri σύνταξη
redakcija redacția staff editorial board desk newsroom newsdesk team teams news press presse nachrichten agentur
agency agencies agenturen agencias agences agenzie agenzia agências agentschappen agencje wire wires service services
newswire correspondent correspondents reporter reporters writer writers editor editors editorial-team contributor
contributors contributing freelance freelancer freelancers admin administrator adminstrator webmaster root user author
authors autor autoren autorin autorinnen auteur auteurs autore autrice autores autora verfasser unknown unbekannt
anonymous anonym anonyme anónimo gastautor gastautorin gastbeitrag gastkommentar webredaktion media medien médias
medios media-team magazine magazin zeitung newspaper journal online web website digital netzwerk network redakteur
redakteurin redakteure redaktor redaktorin korrespondent korrespondentin korrespondenten korrespondentinnen reporterin
reporterteam journalist journalistin journalists journalistes journaliste periodista periodistas giornalista
giornalisti jornalista jornalistas journalisten dziennikarz dziennikarka reporterka korespondent korespondentka
verslaggever verslaggeefster redacteur redactrice corresponsal corresponsales corrispondente inviato inviata enviado
enviada correspondant correspondante kommentar leserbrief webdesk bureau büro chief presenter columnist kolumnist
kolumnistin columnista columnist opinionista producer photographer photographers fotograf fotografin fotógrafo
photographe photo photos foto fotos bilder video videos audio illustration pressemitteilung pressemeldung leitung
ressort ressortleiter ressortleiterin chefredakteur chefredakteurin chefredaktion volontär volontärin volontariat
praktikant praktikantin politics politik politique política politica polityka sport sports deportes business
wirtschaft économie economía culture kultur cultura science wissenschaft technology technik international national
lokales regional panorama world today times university universität université universidad institute institut instituto
foundation stiftung fondation fundación gmbh inc ltd llc corp company group gruppe verlag store shop newsletter login
logout member profile profil posts articles artikel artikelübersicht beitrag beiträge alle alles all more mehr show
weitere weiterlesen inhalte posted home-page homepage center centre clinic department departement ministerium ministry
forschung abteilung feuerwehr polizei verein verband behörde club community customer success quelle source contact
kontakt impressum datenschutz gesponserte sponsored anzeige advertorial copyright lexikon blog webseite site
startseite archiv archive facebook twitter instagram linkedin youtube tiktok whatsapp telegram follow folgen minutes
minuten lesezeit updated aktualisiert published veröffentlicht publié publicado pubblicato creative post autorenseite
autorenprofil profilseite pressestelle stadt gemeinde landkreis stadtverwaltung landesregierung bundesregierung
parlament commons lizenz license rights reserved lead director manager officer founder ceo cto president professor
lecturer researcher specialist consultant strategist analyst expert experts assistant intern trainee attorney lawyer
partner adviser advisor coordinator head teams anmelden registrieren kommentare comments comment subscribe abonnieren
teilen share print drucken email e-mail mail sendung stand uhr folge podcast kanal channel research insights marketing
strategy operations communications relations policy unternehmen lizenz evaluation gmbh редактор кореспондент
корреспондент журналіст журналист автор adminuser superadmin newsteam bildquelle
"""
NOISE = frozenset(_NOISE_TEXT.split())
# Words of that kind that are surnames, too: noise alone, no noise behind a given name where a person is stated.
_ALSO_SURNAMES_TEXT = """
post press bild show times media today desk board journal center world store sport reporter partner lead chief shop club
fotograf foto technik uhr stand mail root user web home
"""
ALSO_SURNAMES = frozenset(_ALSO_SURNAMES_TEXT.split())
# A part that ends so is a house's, whatever stands before it: "Sample Post Staff".
HOUSE = frozenset(
    [
        "staff",
        "team",
        "teams",
        "desk",
        "board",
        "newsroom",
        "newsdesk",
        "bureau",
        "group",
        "redaktion",
        "agency",
        "agencies",
        "service",
        "services",
    ]
)
# Before a trade: "Senior political correspondent", "unser freier Mitarbeiter".
_BEFORE_TRADE_TEXT = """
chief senior junior deputy associate assistant executive managing political diplomatic foreign defence defense
business economics finance financial health medical science environment climate technology tech education legal crime
royal religion religious arts entertainment features sports football soccer cricket consumer consumer-affairs city
home affairs world global national international europe european us uk asia africa china middle east washington white
house special investigative investigations data digital breaking live night weekend staff general assignment freelance
contributing guest former editor-at-large der die das unser unsere unserem unseren unserer our notre nuestro nuestra
nosso nostro onze ihrem ihrer freie freier freien freiberufliche stellvertretende stellvertretender leitende leitender
politische politischer wissenschaftliche redaktionelle el la le il de del für for and und ex
"""
BEFORE_TRADE = frozenset(_BEFORE_TRADE_TEXT.split())
TRADE = re.compile(
    r"(?:[\w-]*(?:korrespondent|redakteur|reporter|journalist|volontär|mitarbeiter|kolumnist|redaktor|autor|chefredakteur|"
    r"praktikant|fotograf|berichterstatter)(?:innen|in|en|s)?|(?:co)?-?(?:correspondent|editor|writer|columnist|presenter|"
    r"producer|contributor|anchor|analyst|reporter|journalist|critic|blogger|commentator)s?|corresponsal(?:es)?|"
    r"enviad[oa]s?|inviat[oa]|corrispondente|correspondant[es]*|journalistes?|periodistas?|giornalist[ai]|jornalistas?|"
    r"reporterin|redacteur|redactrice|verslaggever|verslaggeefster|correspondente?|dziennikar(?:z|ka)|korespondent(?:ka)?|"
    r"кореспондент(?:ка)?|корреспондент(?:ка)?|журналіст(?:ка)?|журналист(?:ка)?|envoyé|envoyée|grand reporter|"
    r"toimittaja|muhabir|novinář(?:ka)?)",
    re.IGNORECASE,
)

# In names, in small letters; they lead to the name behind them.
_PARTICLES_TEXT = """
von van vom zu zum zur und de del della dello delle dei degli di da das dal dalla do dos du des la le les los las el
al af av den der dem ter ten te het 't ibn bin bint binti binte abu abd ben op y i e af zu et d l in't aan uit tot tho
thoe san
"""
PARTICLES = frozenset(_PARTICLES_TEXT.split())

# Some are names without their full stop: Phil, Don, Mag.
DEGREE = re.compile(
    r"^(?:(?:(?:dr|prof|mr|mrs|ms|mx|mme|mlle|dra|sra|drs|prof\.in|dr\.in|mag|univ|med|phil|habil|rer|nat|jur|pol|oec|rev|hon|"
    r"ing|dipl|h\.\s?c|pd|priv|doz|dott|dott\.ssa|avv|on|ir|mgr|inż|hab|doc|phdr|judr|mudr|bc|fr|проф|д-р|[mкд](?=\.\s*[^\W\d_]{2,}\S*\s+\S))\.(?:-?\s*)|"
    r"(?:dr|prof|professor|professorin|mr|mrs|ms|miss|mx|mme|mlle|dra|sir|dame|baroness|lord|herr|frau|pd|drs|dott\.ssa)\s+|"
    r"dipl\.?-(?:ing|inf|kfm|kffr|volksw|phys|biol|psych|soz|päd|oec)\.?\s+)+)(?=\S)",
    re.IGNORECASE,
)
# Two letters are a degree in capitals or with full stops alone: Ma, Jd and Op are names.
DEGREE_BEHIND = re.compile(
    r",?\s+(?:(?i:ph\.?\s?d|m\.d|m\.a|b\.a|m\.?sc|b\.?sc|mba|esq|ll\.?m|r\.n|r\.d|cpa|cfa|cfp|obe|mbe|cbe|mep|"
    r"mdb|mdl|mdep|lcsw|dvm|dds|frs|rdn|pharm\.?d|psy\.?d|ed\.?d|s\.j|o\.p)"
    r"|M\.?D|M\.?A|B\.?A|R\.?N|R\.?D|J\.?D|MP|KC|QC|S\.?J|O\.?P)\.?$",
)
GENERATION = re.compile(r"^(?:jr|sr|jun|sen|jnr|snr|i{2,3}|iv|filho|neto|júnior|hijo)\.?$", re.IGNORECASE)

# In CJK scripts: what is an outlet or an office, and what stands before or behind a name.
OUTLET_CJK = re.compile(
    r"新聞|新闻|通信|通訊|通讯|日报|日報|時報|时报|晚报|晚報|网$|網|社$|編集|编辑|編輯|本报|本報|放送|テレビ|ニュース|デジタル|オンライン|委員会|"
    r"뉴스|신문|일보|방송|통신|편집|취재팀|取材班|電視|电视|电台|總部|总台|編集部|記者団|公式|スタッフ"
)
OFFICE_CJK = re.compile(
    r"(?:本报|本報|本社|特约|特約|[\u3400-\u9fff]{2,8}(?:社|报|報|网|網|台))?(?:记者|記者|特派员|特派員|通讯员|通訊員|論説委員|編集委員|実習生|见习记者)|(?:특파원|기자|객원기자|인턴기자|앵커)$|"
    r"(?:さん|氏|씨|선임기자|전문기자)$"
)
