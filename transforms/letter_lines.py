"""What a line or paragraph of a newsletter's frame says: who sends it, what it asks of its reader, what it offers.

Each is only asked about rows of a text that is a newsletter, and where such rows stand: an article may say all of it.
"""

from collections.abc import Sequence

from transforms import letter, mail_words, shape
from transforms.letter import LABEL_WORDS, Page, Row
from transforms.pattern import linear, plain

FURNITURE_WORDS = 80  # of a paragraph of a footer; what is longer is text, whatever it says
OFFER_WORDS = 40  # of an advertisement of the house
APPEAL_WORDS = 60  # of what asks for money or members
BANNER_WORDS = 8
BRIEF_WORDS = 16  # of such a request that does not speak to the reader: `Rate us on the App Store`
ADDRESS_PARTS = 2  # street and postcode, telephone and mail: a paragraph with both is an address
VISIT_WORDS = 15  # of a sentence that asks to visit a site, the address aside
BUTTON_WORDS = 6
BAR_LABELS = 3  # of a row of links

_CONTACT = (
    r"(?i)(?:\b(?:tel|telefon|phone|fax|telefax|voice|fon|mobil)\b\.?:? ?[+(\d]|\bmailto:|"
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b|\bp\. ?o\. ?box\b|\bpostfach \d|^\W*\(\d{3}\) ?\d{3}-\d{4}\W*$|"
    r"\b\d{1,5} (?:[\pL.']+ )?(?:[\pL.']+ )?[\pL.']+ (?:st|street|ave|avenue|road|rd|blvd|lane|suite|floor)\b|"
    r"(?-i:\b[A-Z]{2} \d{5}\b)|(?-i:\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b)|"
    r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ufer|damm) \d{1,4}\b|"
    r"(?-i:\b\d{5} \p{Lu}\p{L}+)|(?-i:\b\d{4} [A-Z]{2} \p{Lu}\p{L}+))"
)
_LEGAL = (
    r"(?i)\bcopyright (?:\(c\)|©|(?:19|20)\d\d|by)|©|\(c\) (?:19|20)\d\d|(?:all rights reserved|"
    r"alle rechte vorbehalten)(?:[^\pL]*$|[.,;|])|"
    r"limited liability partnership|authori[sz]ed and regulated by|does not constitute .{2,40}advice|ohne gewähr|"
    r"\bregistered office\b|\bregistered (?:charity|company)\b|\btrading name of\b|\bcharity registered in\b|"
    r"\bregistered in (?:england|scotland|wales|northern ireland|ireland)(?: and wales)?,? (?:no|number|sc|"
    r"with|under|\()|"
    r"^\W*disclaimer\b|\bpast performance\b|\bnot a solicitation\b|\bthis (?:e-?mail|newsletter) (?:was |"
    r"is )?(?:brought to "
    r"you|powered|delivered) by\b|\bwhy we included this\b|"
    r"intended for general (?:guidance|information)|for informational purposes|ersetzt keine|\b501\(c\)|"
    r"\breader-supported publication\b|\bfree or paid subscriber\b|\bpaying subscribers only\b|\bzahlender abonnent\b|"
    r"\bvon lesern unterstützte\b|^\W*(?:editors?|writers?|herausgeber|redaktion):|\bnot tax[- ]deductible\b|"
    r"\btheir respective owners\b|\bparticipate in polls\b|"
    r"\bust-?id|\bhr[ab] \d|\bv\. ?i\. ?s\. ?d\. ?p|\bvertretungsberechtigt"
)
# What the law, the house or its mailer adds in a line of its own. Reports name courts and charities, too, in sentences.
_OF_THE_HOUSE = (
    r"(?i)\b(?:registered (?:office|charity|in|with|trademark|business name)|company (?:no|number|registration)|"
    r"trading name|charity (?:no|number|registered|\(?[a-z]{2}\d)|tax[- ]deductible|trademarks? (?:are|of)|"
    r"paid for by|powered by|built with|sent (?:with|by|via|using)|delivered by|mailing address|postal address|"
    r"published (?:by|every|weekly|daily|monthly)|(?:associate |managing |photo |copy )?editors?:|publisher:|writers?:|"
    r"disclaimer|confidential|past performance|(?:may be|feel free to) (?:forward|pass|reprint|redistribut)|"
    r"reproduction|"
    r"issn|no spam|never (?:sell|share|rent)|address book|safe senders?|do not reply|not monitored|back issues?|"
    r"impressum|vereinsregister|register(?:gericht|nummer)?:|amtsgericht|handelsregister|geschäftsführ\p{L}*|"
    r"geschaeftsfuehr\p{L}*|"
    r"steuernummer|steuer-?nr|umsatzsteuer\p{L}*|steuerlich absetzbar|gemeinnützig|körperschaft des|vertreten durch|"
    r"verantwortlich (?:im sinne|für|i\. ?s)|inhaltlich verantwortlich|herausgeber\p{L}*:|herausgegeben|redaktion:|"
    r"anzeigen:|erscheint (?:alle|jeden|täglich|wöchentlich|monatlich|einmal|zweimal)|nachdruck|vertraulich\p{L}*|"
    r"have you moved|update your details|informational purposes|does not constitute|"
    r"intended for (?:general )?(?:guidance|"
    r"information)|limited liability partnership|authori[sz]ed and regulated|"
    r"(?:for )?further information,? (?:please )?"
    r"contact|ohne gewähr|keine (?:rechts|anlage|steuer)?beratung|partnerschaftsregister|zuständige kammer|"
    r"privacy (?:notice|policy|statement)|adressbuch|nicht auf diese|(?:versendet|versandt|gesendet|"
    r"verschickt|erstellt) (?:mit|von|über|durch)|"
    r"gefördert (?:durch|von|vom)|bei fragen|"
    r"mentions légales|siret|rcs|tva|droit d'accès|politique de confidentialité|aviso legal|política de privacidad|"
    r"p\. ?iva|c\. ?f\.|partita iva|informativa|kvk|btw|tax id|ceo|vat|digest footer|end of .{2,60} digest|"
    r"more specific than|more reliably)(?:[^\pL\pN]|$)"
)
# How to see the mail where a mail program cannot show it.
_SHOWN = (
    r"(?i)(?:\b(?:newsletter|e-?mail|mail|nachricht|message|issue|images?|bilder|courriel|correo|"
    r"questa e-?mail|bericht)\b"
    r".{0,50}\b(?:dargestellt|angezeigt|anzeigen|lesen|lesbar|sehen|display(?:ed|ing)?|view(?:ed|ing)?|read|"
    r"see|reading|"
    r"affiche|visualiz\pL+|visualizzat\pL+|weergegeven)\b.{0,60}\b(?:hier|klick\pL*|browser|link|online|"
    r"webversion|here|"
    r"click|ici|aquí|qui)\b|\b(?:trouble|problems?|difficulty|having) .{0,20}\b(?:viewing|reading|seeing|displaying)\b|"
    r"\b(?:can'?t|cannot|unable to) (?:see|view|read) (?:this|the) (?:e-?mail|message|newsletter|images?|pictures?)\b)"
)
# What an advertisement asks its reader to do; a price alone is none.
_OFFER = (
    r"(?i)\b(?:check out|sign up|join (?:us|the|our|now)|shop now|buy now|order now|try (?:it|one|now|for free)|"
    r"get (?:\d+ ?%|free|yours|started)|apply (?:now|for|today)|register (?:now|today|here)|"
    r"download (?:it|now|our|the free)|click here|click below|learn more|book (?:now|your|a)|"
    r"special offers?|promo code|use (?:the )?code|free trial|win (?:tickets|a|one)|request a demo|"
    r"jetzt .{0,60}\b(?:bestellen|kaufen|testen|sichern|buchen|anmelden|informieren|bewerben|"
    r"registrieren|entdecken|abonnieren|beraten)|hier .{0,20}(?:klicken|bestellen|buchen|sichern)|gutschein|gratis|"
    r"probeabo|kostenlos (?:testen|anmelden|beraten)|mehr erfahren|j'en profite|profitez)\b|"
    r"\b\d{1,2} ?% (?:off|rabatt|discount|sparen)|\bprozent (?:rabatt|auf alle)"
)
# How a line ends that has a button's words in it: `Two places are free in January. Book a call`.
_ENDS_WITH_CALL = (
    r"(?i).*[.!?:] (?:join|book|get|start|apply|download|shop|learn|try|enrol|enroll|register|subscribe|buy|"
    r"order|jetzt|hier|"
    r"zur|zum) [^.!?:]{1,30}"
)
# What a letter asks of its reader in a sentence about itself.
_REQUEST = (
    r"(?i)\b(?:please|send|click|visit|contact|reply|forward|share|subscribe|sponsor|support|write to|tell a friend|"
    r"follow|add|browse|bitte|klicken|senden|schreiben|schicken|antworten|besuchen|wenden|empfehlen|"
    r"unterstützen|folgen|"
    r"leiten|finden sie|veuillez|cliquez|écrivez|haga clic|escríbanos)"
)
# Where to find the house, or more of it.
_VISIT = r"(?i)\b(?:visit|browse|go to|find us|besuchen|visitez|visita|bezoek)\b.*(?:https?://|www\.)"
_OF_THE_LETTER = (
    r"(?i)\b(?:newsletters?|e-?mails?|subject line|mailing list|mailingliste|inbox|subscri(?:be|ption|ptions|"
    r"bers?)|feedback|"
    r"referrals?|abonnement|posteingang|spam folder|rundbrief|\p{L}*verteiler|presseinformationen|nieuwsbrief|"
    r"boletín)\b"
)
# What asks for money or for members, and in what words.
_APPEAL = (
    r"(?i)\b(?:donat(?:e|es|ion|ions)|chip in|(?:your|a) (?:gift|contribution|tip)|contributions?|"
    r"(?:become|becoming) a (?:\w+ ){0,4}(?:member|subscriber|supporter|patron)|(?:paid|paying|future|free) subscri\w+|"
    r"upgrade|pledg(?:e|ing)|reader-(?:supported|funded)|support (?:us|our|my|this)|keep .{2,30} (?:free|going|alive)|"
    r"buy(?:ing)? (?:me|us) a (?:coffee|beer)|patreon|paypal|ko-fi|via steady|tip jar|"
    r"spende(?:n|nkonto)?|iban|mitglied(?:schaft)?|förder(?:er|mitglied|verein)|unterstützen|unterstütze|"
    r"abonnent\p{L}*|abonnier\p{L}*|leserfinanziert|werbefrei|"
    r"faire un don|vos dons|soutenez|abonnez-vous|donación|donativo|apóyanos|suscríbete|"
    r"dona (?:ora|adesso)|sostieni|abbonati|doneer|steun ons)(?:[^\pL\pN]|$)"
)
_JOIN = (
    r"(?i)\b(?:become|becoming|upgrad\w+|join|consider|pledg\w+|donate|chip in|receive|werden sie|werde|"
    r"spenden sie|spende|"
    r"freuen|abonnier\w*|unterstütz\w*|danken|bezahlen)\b"
)
# What asks for money or members outright: a sentence that begins with it, what a sum buys, where to send it.
_PLEA = (
    r"(?i)(?:(?:^|[.!?:] )(?:(?:so|and|but|that's why|today|please|will you|would you|can you|could you|"
    r"won't you|if you can,?|"
    r"to|you can) )*(?:please )?(?:donate|give|chip in|make a (?:\w+ )?(?:donation|gift|contribution)|"
    r"become a (?:\w+ )?(?:"
    r"member|supporter|donor|patron)|contribute|consider (?:making|giving|donating|becoming|supporting|"
    r"a (?:gift|donation))|"
    r"support (?:us|our)|help us)\b|[£$€]\d+ (?:could|can|will|would|buys?|pays?|helps?|provides?|feeds?)\b|"
    r"\b(?:your|a) (?:gift|donation|contribution|membership) (?:of [£$€]\d+ )?(?:will|can|could|today|helps|"
    r"makes|buys|pays)\b|"
    r"\b(?:gifts?|donations?)\b.{0,40}\b(?:doubled|matched)\b|\bpayment information\b|"
    r"(?:^|[.!?:] )(?:(?:bitte|jetzt|auch|deshalb|darum|oder|gern|gerne) )*(?:spenden sie|spende|spendet|"
    r"unterstützen sie|"
    r"unterstütze|unterstützt|werden sie|werde|werdet|helfen sie|hilf|helft|mach mit|machen sie mit|macht mit)\b|"
    r"\b(?:ihre|deine|eure|jede) (?:\pL+ )?(?:spende|unterstützung|mitgliedschaft) "
    r"(?:von \d+ euro )?(?:hilft|ermöglicht|kommt|trägt|macht|sichert|zählt|fließt|kann|wird)\b|"
    r"\bmit (?:ihrer|deiner|eurer) (?:\pL+ )?(?:spende|mitgliedschaft)\b|\bbitte .{0,60}\bspende\b|"
    r"\büber (?:eine|ihre|deine|jede) (?:\pL+ )?(?:spende|mitgliedschaft) freuen\b|"
    r"\bspendenkonto\b|\biban:? ?[a-z]{2}\d|\d euro (?:bezahlen|kosten|reichen|helfen|ermöglichen|finanzieren|"
    r"sichern)\b|"
    r"\b(?:faites un don|votre don|haz una donación|tu donación|fai una donazione|doneer|uw gift|jouw donatie)\b)"
)
# What is reported of others' words is text, whatever it is about.
_SPOKEN = (
    r"(?i)^[\"'„“«]|\b(?:said|says|told|asked|wrote|promised|joked|demanded|demands|cries|argued|added|warned|"
    r"urged|begged|"
    r"admitted|insisted|pleaded|the posters?|sagte|sagt|bat|bittet|schrieb|rief|ruft|fragte|erklärte|riet|rät|predigte|"
    r"hieß es|heißt es|betonte|forderte|warnte|mahnte|empfahl|drängte|a déclaré|dijo|ha detto)\b"
)
_MONEY = r"(?i)[£$€]\d|\d (?:euro|dollars|pounds)\b|donat|\bgifts?\b|spende|member|mitglied|iban|\bdon\b|payment"
# What asks whether the letter was liked, or to hand it on.
_ASKED = (
    r"(?i)(?:\b(?:(?:enjoy(?:ed|ing)?|liked?|lov(?:e|ed|ing)|think of|thoughts on) (?:what you |"
    r"reading )*(?:this|the|our|"
    r"today|read)|(?:forward|forwarded|share|send|recommend|pass) (?:it|this|to|on)\b|(?:know|tell) (?:someone|"
    r"a friend|your "
    r"friends)|refer (?:a|your)|\d+ referrals?\b|referral (?:count|link|hub)|rate us|app store|google play|"
    r"(?:our|unsere) app|surveys?\b|feedback|participate in polls|see more of\?|how did we do|"
    r"thank(?:s| you) for (?:reading|subscribing)|danke, dass (?:du|sie) .{2,40} (?:liest|lesen)|gerne? teilen|"
    r"vond (?:je|u) |stuur .{0,12} door|gracias por leer|merci d'avoir lu|grazie per aver letto|"
    r"weitergeleitet|weiterempfehlen|weiterleiten|weitersagen|(?:empfehlen|teilen|leiten) sie|teile (?:diesen|ihn|sie)|"
    r"gefallen\?|umfrage|wie hat|ihre meinung|deine meinung|fragen\b.{0,30}\b(?:anregungen|kritik)|"
    r"compártel|reenv(?:iado|ía)|partage[rz]|transf[ée]r|inoltra|condividi|doorgestuurd|deel deze)|"
    r"te ha gustado|vous a plu|ti è piaciut)"
)
_TOLD = r"(?i)\b(?:here|click|hier|klick\pL*|browser|online|webversion|ici|cliquez|aquí|qui|clicca|problems?|trouble)\b"
_LABELLED = (
    r"(?i)(?:\W*\b(?:subscribe|sign up|sign in|log ?in|submit a tip|submit a story|advertise|archives?|share|forward|"
    r"read online|view online|listen|home ?page|website|abonnieren|anmelden|archiv|weiterempfehlen|teilen|online lesen|"
    r"facebook|twitter|instagram|linkedin|youtube|whatsapp|telegram|bluesky|mastodon|threads|tiktok|x|rss|"
    r"suivez-nous|follow us|folgen sie uns|síguenos|seguici|volg ons|on|op|und|and|et|en|y|auf)\b\W*)+"
)
_BANNER = r"(?i)\b(?:banner|logo|header image)\b"
_BARS = r"\s*[|•·]\s*"
_BAR_NAME = r"^[^:|•·]{2,30}:"
_LEAVE_BRIEFLY = (
    r"(?i)\W*(?:(?:hier |jetzt |newsletter )?(?:abmelden|abbestellen|austragen)|opt[ -]out|remove me|stop|"
    r"webansicht|web-?version|online-?(?:version|ansicht)|view online|bekijk online|voir en ligne|ver en línea)\W*"
)
# What a button of a mail says: what to do, in a few words.
_BUTTON = (
    r"(?i)\W*(?:(?:shop|buy|order|book|register|reserve|rsvp|enrol|enroll|apply|donate|give|join|subscribe|"
    r"upgrade|pledge|"
    r"download|sign up|get tickets|buy tickets|find tickets|tickets|renew|vote|pre-?order|listen|watch|read|view|learn|"
    r"explore|discover|get involved|take action|add your name|sign the petition|act)(?: (?:now|here|today|"
    r"online|more|all|"
    r"your (?:ticket|tickets|place|places|seat|spot|table|copy|name)|tickets|a ticket|for free|the petition|"
    r"to (?:premium|"
    r"paid)|in (?:the )?app|this week|yours|monthly|once|the (?:collection|range|shop|sale)))+(?: \(.{2,30}\))?|"
    r"(?:express )?(?:donate|give|chip in|spenden?|faire un don|donar|dona|"
    r"doneer):?(?: \W{0,2}\d[\d.,]*(?: ?\W| ?euro?s?)?)?"
    r"(?: (?:now|monthly|today|once|here))?|(?:or,? )?(?:donate|give|choose|enter) (?:another|a different|any) amount|"
    r"(?:zum (?:shop|buch|angebot|programm|ticket\pL*|online-?shop|kalender|anmeldeformular)|zur (?:anmeldung|buchung|"
    r"petition|spende|veranstaltung)|(?:jetzt|hier|gleich|online) (?:\pL+ ){0,3}(?:bestellen|buchen|kaufen|anmelden|"
    r"spenden|sichern|mitmachen|unterschreiben|reservieren|teilnehmen|beitreten|werden|helfen|unterstützen|shoppen|"
    r"herunterladen|entdecken|ansehen|informieren|registrieren|bewerben|testen)|(?:tickets?|karten|platz|plätze) "
    r"(?:sichern|buchen|kaufen|reservieren)|unterschreiben|mitmachen|leseprobe|(?:jetzt |hier )?anhören|"
    r"alle (?:termine|veranstaltungen|angebote|bücher)|"
    r"sent from my .{2,20}|von meinem .{2,20} gesendet|envoyé de mon .{2,20}|inviato da(?:l mio)? .{2,20}|"
    r"enviado desde mi "
    r".{2,20}|get outlook for .{2,20}|(?:click here to|hier klicken und) .{2,30}|for immediate release.{0,40}|"
    r"je (?:donne|m'inscris|m'abonne|réserve|découvre|participe|soutiens|signe)|(?:réserver|découvrir|s'inscrire|"
    r"s'abonner|acheter|inscrivez-vous|j'en profite)|(?:reserva|compra|inscríbete|apúntate)(?: (?:ya|ahora|aquí|tu "
    r"(?:plaza|entrada)))*|(?:prenota|acquista|iscriviti|scopri)(?: (?:ora|subito|qui|di più))*|"
    r"(?:bestel|koop|boek|reserveer|schrijf je in|meld je aan|doneer)(?: (?:nu|hier|direct|je (?:plek|tickets)))*))\W*"
)
# A letter's picture of its own name, where its description stands in its place.
_LOGO = r"(?i).{0,60}\b(?:logo|header image|banner|masthead)\W*"
_NETWORK = r"(?:facebook|twitter|x|instagram|linkedin|youtube|whatsapp|telegram|bluesky|mastodon|threads|tiktok|xing)"
_NETWORKS = rf"(?i)(?:[\pL -]{{2,20}}:)?\W*{_NETWORK}\W+{_NETWORK}\b.*"
# A button: a few words with an arrow or an address behind.
_ARROW = r".*(?:→|»|>>|›|➜|▶)\s*"


def is_contact(row: Row) -> bool:
    """Whether the row gives an address, a telephone number or says whose the letter is."""
    return any(linear(each).search(plain(row.text)) for each in (_CONTACT, _LEGAL))


def offers(row: Row) -> bool:
    """Whether the row asks its reader to buy, book or try something."""
    return linear(_OFFER).search(plain(row.text)) is not None


def is_button(row: Row) -> bool:
    """Whether the row is a few words that lead elsewhere, or an address alone; not to the rest of a story."""
    if not row.words:
        return "://" in row.text or "www." in row.text
    if shape.words(row.words) > BUTTON_WORDS or is_call(row):
        return False
    return "://" in row.text or linear(_ARROW).fullmatch(row.text) is not None


def asks_to_act(row: Row) -> bool:
    """Whether the row is a button that asks to buy, book, give or join."""
    return 0 < shape.words(row.words) <= BUTTON_WORDS and linear(_BUTTON).fullmatch(plain(row.words)) is not None


def is_logo(row: Row) -> bool:
    """Whether the row describes a picture of the letter's name."""
    return 1 < shape.words(row.words) <= BANNER_WORDS and linear(_LOGO).fullmatch(plain(row.words)) is not None


def is_call(row: Row) -> bool:
    """Whether the row leads to the rest of a story: `Read more`, `Zum Artikel`."""
    words = row.words
    return bool(words) and shape.words(words) <= mail_words.CALL_WORDS and bool(
        linear(mail_words.CALL).fullmatch(plain(words))
    )  # fmt: skip


def is_furniture(text: str, words: str) -> bool:
    """Whether a row or paragraph has a footer's words. `words` are its text without addresses."""
    count = shape.words(words)
    if count > FURNITURE_WORDS:
        return False
    if letter.leaves(text, words) or linear(_LEAVE_BRIEFLY).fullmatch(words):
        return True
    if is_reported(text) or linear(_LEGAL).search(text):
        return not is_reported(text)
    prose = shape.is_prose(text)
    sentence = count > LABEL_WORDS and shape.ends_like_a_sentence(text)
    told = linear(mail_words.TO_THE_READER).search(words) is not None
    asked = count <= OFFER_WORDS and linear(_REQUEST).search(words) is not None
    if (
        (count <= OFFER_WORDS and linear(_SHOWN).search(words) and linear(_TOLD).search(words))
        or len(linear(_CONTACT).findall(text)) >= ADDRESS_PARTS
        or (linear(_CONTACT).search(text) and (asked or not prose))  # news name addresses, too, in sentences
        or (linear(_OF_THE_HOUSE).search(words) and (told or asked or not sentence))
        or (count <= VISIT_WORDS and linear(_VISIT).search(text))
        or is_bar(words)
        or is_link_bar(text, words)
    ):
        return True
    if not linear(_OF_THE_LETTER).search(words):
        return False
    labelled = count <= 2 * LABEL_WORDS and (told or text.rstrip(".") != words)  # with an address, or a colon
    return labelled or (asked and (told or "?" in words))


def is_reported(text: str) -> bool:
    """Whether a sentence reports what somebody said, or begins with it."""
    return linear(_SPOKEN).search(text) is not None


def is_request(text: str, words: str) -> bool:
    """Whether a paragraph asks its reader for money, to join, to hand the letter on or for an opinion."""
    count = shape.words(words)
    if count > APPEAL_WORDS or text.startswith("(") or is_reported(text):
        return False
    told = linear(mail_words.TO_THE_READER).search(words) is not None
    asked = linear(_REQUEST).search(words) is not None
    joined = asked or linear(_JOIN).search(words) is not None or any(sign in text for sign in ("://", "!", "?"))
    if told and joined and linear(_APPEAL).search(words):
        return True
    if count > OFFER_WORDS or not linear(_ASKED).search(words):
        return False
    led = linear(_CONTACT).search(text) is not None or "://" in text
    briefly = count <= BRIEF_WORDS and (told or linear(_ASKED).match(words.lstrip(" *•-")) is not None)
    return briefly or "?" in words or (told and (asked or led))


def is_plea(text: str, words: str, *, beside: bool = False) -> bool:
    """Whether a paragraph asks its reader outright for money or to become a member; reports of such appeals do not.

    `beside` says that it stands below one that does: then what a sum buys is part of it.
    """
    if shape.words(words) > OFFER_WORDS or text.startswith("(") or is_reported(text):
        return False
    told = beside or linear(mail_words.TO_THE_READER).search(words) is not None
    return (
        linear(_PLEA).search(words) is not None
        and linear(_MONEY).search(words) is not None
        and (told or not shape.is_prose(text) or "match" in words)
    )


def is_offer(text: str, words: str) -> bool:
    """Whether a paragraph is an advertisement of the house: it asks for something, and speaks to the reader."""
    if is_reported(text):
        return False
    if shape.words(words) <= BRIEF_WORDS and linear(_ENDS_WITH_CALL).fullmatch(words):
        return True
    if shape.words(words) > OFFER_WORDS or not linear(_OFFER).search(text):
        return False
    told = linear(mail_words.TO_THE_READER).search(words) or linear(_TOLD).search(words)
    return "!" in text or "://" in text or told is not None


def is_bar(words: str) -> bool:
    """Whether it is a row of labels between bars."""
    labels = [label for label in linear(_BARS).split(linear(_BAR_NAME).sub("", words)) if label]
    return len(labels) >= BAR_LABELS and all(shape.words(label) <= LABEL_WORDS for label in labels)


def is_link_bar(text: str, words: str) -> bool:
    """Whether the row is labels of links, or the name of a banner, with their addresses spelled out."""
    led = "://" in text or "mailto:" in text
    count = shape.words(words)
    if count <= BUTTON_WORDS and linear(_NETWORKS).fullmatch(words):
        return True
    if not words or not (led or len(linear(_BARS).split(words)) > 1):
        return False
    if led and count <= BANNER_WORDS and linear(_BANNER).search(words):
        return True
    return count <= BANNER_WORDS and linear(_LABELLED).fullmatch(words) is not None


def is_running(text: str, words: str, *, least: int = shape.PROSE_WORDS) -> bool:
    """Whether the words are running text of an article: nothing of the mail, no address, no offer."""
    return shape.words(words) >= least and not (is_furniture(text, words) or is_offer(text, words))


def has_text(page: Page, rows: Sequence[int]) -> bool:
    """Whether a paragraph of running text stands in these rows."""
    return any(is_running(*page.said(paragraph)) for paragraph in page.paragraphs(rows))


def is_label(row: Row) -> bool:
    """Whether the row is a few words that are no sentence, and lead nowhere."""
    text = row.words
    if not text or shape.words(text) > LABEL_WORDS or text != row.text.strip(" :."):
        return False
    return not shape.ends_like_a_sentence(row.text) or row.text.endswith("?")
