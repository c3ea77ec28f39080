"""What newsletters say in other words than articles: links to the whole text, sponsors, talk about the mail itself.

Patterns for `transforms.pattern.linear`, used by the extraction of digests and by the rules for newsletters.
"""

CALL_WORDS = 8  # of such a line, its address aside: "Read the full story on our website"
# A line that leads to the whole text, as a button or link has it.
CALL = (
    r"(?i)\W*(?:"
    r"(?:(?:jetzt|hier|gleich|online|direkt|ganz) )?(?:weiter ?lesen|weiter zum \p{L}+|mehr lesen|"
    r"mehr erfahren|nachlesen|mehr dazu|"
    r"mehr infos?|mehr informationen|weitere informationen|mehr)\b.{0,50}|"
    r"lesen sie .{0,60}|"
    r"(?:zum|zur|zu den) (?:ganzen |vollständigen |kompletten )?\p{L}*(?:artikel|beitrag|bericht|text|interview|"
    r"meldung|reportage|kommentar|video|mitteilung|nachricht|details)\b.{0,40}|"
    r"(?:den |die |das )?(?:ganzen? |vollständigen? )?(?:artikel|beitrag|text|meldung|bericht) .{0,20}lesen|"
    r"(?:read|keep reading|continue reading|learn|find out|see|view|get)(?: (?:the|this|it|on|more|full|whole|entire|"
    r"rest|complete|about|our|story|article|post|piece|report|interview|website|web|site|of|at|online|in|here|details|"
    r"now))*|"
    r"more|more (?:here|info|details|information)|(?:the )?(?:full|whole) (?:story|stories|article|report|text)|"
    r"go to (?:the )?(?:story|article|post).{0,20}|"
    r"lire (?:la suite|plus|l'article).{0,30}|en savoir plus|leer más.{0,30}|seguir leyendo|más información|"
    r"leggi (?:tutto|di più|l'articolo).{0,20}|continua a leggere|lees (?:meer|verder).{0,20}|czytaj (?:więcej|dalej)|"
    r"leia mais|ler mais|saiba mais)\W*"
)

# A line that announces an advertisement.
SPONSOR = (
    r"(?i)\W*(?:(?:bezahlte )?anzeigen?|werbung|advertisement|advertising|ad|our sponsors?|paid (?:content|post)|"
    r"sponsor(?:ed)?(?: (?:content|post|by|message|section)\b.{0,60})?|sponsored:? .{2,60}|"
    r"(?:from |visit |thanks to )?(?:our|today'?s|this week'?s|this issue'?s) sponsors?\b.{0,60}|"
    r"(?:a |this |our )*(?:message|word|note) from (?:our |today'?s )?(?:sponsor|partner|advertiser)\w*\b.{0,60}|"
    r"a (?:message|word) from .{2,60}|"
    r"(?:this |today'?s |the )*(?:newsletter|e-?mail|issue|edition|letter)(?: of .{2,40})? (?:is |was )?"
    r"(?:sponsored|supported|presented|powered|made possible|brought to you) by\b.{0,60}|"
    r"(?:together with|presented by|brought to you by|in partnership with|supported by)\b.{0,60}|"
    r"(?:sponsored by|from) our partners?|partner content|partner message|partnerangebot|"
    r"(?:story|article|content) continues below advertisement|"
    r"(?:präsentiert von|unterstützt von|in kooperation mit|mit freundlicher unterstützung|gesponsert)\b.{0,60}|"
    r"angebote? für (?:unsere )?(?:leser|abonnent)\p{L}*|leserangebot|advertorial|publicité|publicidad|"
    r"pubblicità|advertentie|reklama)\W*"
)

# Words of lines in which a mail speaks of itself; with `TO_THE_READER` beside one it is no sentence of an article.
OF_THE_MAIL = (
    r"(?i)\b(?:newsletters?|e-?mails?|mail|browser|inbox|unsubscribe|subscri(?:be|ption|bed|ber)|sign(?:ed)? up|"
    r"forward(?:ed)?|preferences|privacy|donat(?:e|ion)|membership|abmelden|abbestellen|abonnieren|abonniert|abo|"
    r"anmelden|angemeldet|weiterempfehlen|weiterleiten|einstellungen|datenschutz|impressum|posteingang|"
    r"spenden?|mitglied|"
    r"désinscrire|abonner|inscrit|suscri\p{L}+|baja)\b"
)
TO_THE_READER = (
    r"(?i)\b(?:you|your|yours|us|our|(?-i:Sie|Ihr|Ihre|Ihnen)|dein|deine|dir|dich|uns|vous|votre|usted|tu)\b"
)
