"""Names of months in twenty-odd languages, as they stand in dates.

The names are those of CLDR (format and stand-alone, wide and abbreviated), with the Austrian and Swiss, the Levantine
Arabic and the usual newspaper abbreviations added by hand. The languages are read together: where a name means two
months (`listopad` is November in Polish and Czech, October in Croatian, which is left out), the
first language keeps it.
"""

_NAMES = """
de januar|jänner|jän|jan februar|feber|feb märz|mär|mrz|maerz april|apr mai juni|jun juli|jul august|aug
   september|sept|sep oktober|okt november|nov dezember|dez
en january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct
   november|nov december|dec
fr janvier|janv février|févr|fév|fevrier mars avril|avr mai juin juillet|juil août|aout septembre|sept octobre|oct
   novembre|nov décembre|déc|decembre
es enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago septiembre|setiembre|sept|set
   octubre|oct noviembre|nov diciembre|dic
it gennaio|gen febbraio|feb marzo|mar aprile|apr maggio|mag giugno|giu luglio|lug agosto|ago settembre|set ottobre|ott
   novembre|nov dicembre|dic
nl januari|jan februari|feb maart|mrt april|apr mei juni|jun juli|jul augustus|aug september|sep oktober|okt
   november|nov december|dec
pl stycznia|sty|styczeń lutego|lut|luty marca|mar|marzec kwietnia|kwi|kwiecień maja|maj czerwca|cze|czerwiec
   lipca|lip|lipiec sierpnia|sie|sierpień września|wrz|wrzesień października|paź|październik listopada|lis|listopad
   grudnia|gru|grudzień
pt janeiro|jan fevereiro|fev março|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|set outubro|out
   novembro|nov dezembro|dez
sv januari|jan februari|feb mars april|apr maj juni|jun juli|jul augusti|aug september|sep oktober|okt november|nov
   december|dec
da januar|jan februar|feb marts|mar april|apr maj juni|jun juli|jul august|aug september|sep oktober|okt november|nov
   december|dec
no januar|jan februar|feb mars|mar april|apr mai juni|jun juli|jul august|aug september|sep oktober|okt november|nov
   desember|des
fi tammikuuta|tammikuu helmikuuta|helmikuu maaliskuuta|maaliskuu huhtikuuta|huhtikuu toukokuuta|toukokuu
   kesäkuuta|kesäkuu heinäkuuta|heinäkuu elokuuta|elokuu syyskuuta|syyskuu lokakuuta|lokakuu marraskuuta|marraskuu
   joulukuuta|joulukuu
cs ledna|leden února|únor března|březen dubna|duben května|květen června|červen července|červenec srpna|srpen září
   října|říjen listopadu prosince|prosinec
hu január|jan február|febr március|márc április|ápr május|máj június|jún július|júl augusztus|aug szeptember|szept
   október|okt november|nov december|dec
tr ocak|oca şubat|şub mart nisan|nis mayıs|may haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki kasım|kas
   aralık|ara
ru января|янв|январь февраля|февр|фев|февраль марта|мар|март апреля|апр|апрель мая|май июня|июн|июнь июля|июл|июль
   августа|авг|август сентября|сент|сен|сентябрь октября|окт|октябрь ноября|нояб|ноя|ноябрь декабря|дек|декабрь
uk січня|січ|січень лютого|лют|лютий березня|бер|березень квітня|квіт|квітень травня|трав|травень червня|черв|червень
   липня|лип|липень серпня|серп|серпень вересня|вер|вересень жовтня|жовт|жовтень листопада|лист|листопад
   грудня|груд|грудень
ro ianuarie|ian februarie|feb martie|mar aprilie|apr mai iunie|iun iulie|iul august|aug septembrie|sept octombrie|oct
   noiembrie|nov decembrie|dec
el ιανουαρίου|ιαν φεβρουαρίου|φεβ μαρτίου|μαρ απριλίου|απρ μαΐου|μαΐ ιουνίου|ιουν ιουλίου|ιουλ αυγούστου|αυγ
   σεπτεμβρίου|σεπ οκτωβρίου|οκτ νοεμβρίου|νοε δεκεμβρίου|δεκ
ar يناير|كانون_الثاني فبراير|شباط مارس|آذار أبريل|إبريل|نيسان مايو|أيار|ايار يونيو|حزيران يوليو|تموز أغسطس|آب|اب
   سبتمبر|أيلول|ايلول أكتوبر|تشرين_الأول نوفمبر|تشرين_الثاني ديسمبر|كانون_الأول
"""


def _read() -> dict[str, int]:
    """The table above as name → 1…12; the first language that has a name keeps it."""
    found: dict[str, int] = {}
    for block in _NAMES.strip().replace("\n   ", " ").splitlines():
        for number, names in enumerate(block.split()[1:], start=1):
            for name in names.split("|"):
                found.setdefault(name.replace("_", " "), number)
    return found


MONTHS = _read()  # case-folded name without its full stop → 1…12
