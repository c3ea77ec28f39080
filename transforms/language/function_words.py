"""Function words of languages, to tell a long text's language without looking at its n-grams.

The first eight are decided by them; the others are decoys that stand so near to one of these (Afrikaans to Dutch,
Galician to Portuguese, Luxembourgish to German) that their words must weigh against it. Written down from general
knowledge of the languages, the most frequent first; a word may stand in several.
"""

DECIDED = frozenset({"de", "en", "fr", "es", "it", "nl", "pl", "pt"})

WORDS = {
    "de": """
        der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden
        aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur
        oder aber vor zur bis mehr durch man sein wurde wenn ich wir ihr doch unter gegen vom können schon
        da seine sondern was will worden alle dann dort hier all
    """,
    "en": """
        the of and to in a is that for it as was with be by on not he i this are or his from at which but
        have an had they you were their one all we can her has there been if more when will would who so no
        its she about into than them after what up out over do me due come per
    """,
    "fr": """
        de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec
        on aux son cette ont mais comme ou si leur y dont elle deux ses été ces être nous vous sa était fait
        même tout sans entre aussi bien peut je leurs l d qu n c j
    """,
    "es": """
        de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha me
        si sin sobre este ya entre cuando todo esta ser son dos también fue había era muy años hasta desde
        está mi porque qué sólo han yo hay vez puede todos así nos ni parte tiene él uno donde
    """,
    "it": """
        di e il la che in un a per è una sono con non del da le al si dei come i della ha nel più alla anche
        gli lo delle ma se ci o questo nella su dal essere era tra hanno suo dopo stato loro quando degli
        fra due prima molto solo cui così l c dell all d
    """,
    "nl": """
        de van het een en in is dat op te voor met zijn die niet aan er om als ook dan door bij uit maar
        naar wordt nog heeft over werd tot ze hij je wel of werden deze zich was kan hebben meer al moet
        worden had zo dit wat geen we ik haar
    """,
    "pl": """
        w i na z się do nie że to jest o a jak po za od przez dla ale są tym co ze jego czy ich już był być
        tak było tylko jednak może przed który która które oraz lub także pod roku przy bardzo będzie mu jej
        gdy więc ten ta
    """,
    "pt": """
        de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua
        ou quando muito nos já eu também só pelo pela até isso ela entre depois sem mesmo aos seus quem nas
        me esse eles você foi são ser tem há está
    """,
    "af": """
        die van en in het is nie wat n te op dat vir met sy aan hy om word as sal ook was ek hulle kan deur
        maar by uit na nog een oor daar ons hierdie so jaar meer
    """,
    "da": """
        og i at det er en til af på den der for med de som ikke et har var fra han men om vi kan så sig hun
        blev også efter ved eller over mod ud
    """,
    "no": """
        og i det er på til som en å for av at med de den har ikke et fra var om han seg men vi også ble
        etter kan så skal hun eller ved over mot sier
    """,
    "sv": """
        och i att det som en på är av för med till den har de inte om ett han men var sig från vi så kan man
        när år nu under också efter vid eller
    """,
    "ca": """
        de la i el que en a els les per un una del és amb no al es ha dels com més l d s va han però seva o
        també van són aquest on si sobre aquesta
    """,
    "gl": """
        de a o que e do da en un para con non unha os no se na por máis as dos como ao súa ou cando das foi
        é ten aos polo pola tamén
    """,
    "ro": """
        de și în a la cu pe care nu din un o pentru mai că este să se ce sau al au fost ca prin după fi lui
        dar sunt
    """,
    "lb": """
        an de den d vun ass et mat fir op dat net sech war hunn och eng en zu am um wéi si bei vum no nach
        huet ginn
    """,
    "fy": """
        de en fan it yn in is dat op te foar mei net oan as der ek hy wie dy om by út troch mar nei
    """,
    "cs": """
        a v se na je že to s z do o i ale za by jako pro po od tak si které jsem k jeho byl který jsou ve už
        nebo však jen
    """,
    "sk": """
        a v sa na je že to s z do o aj ale za by ako pre po od tak si ktoré som k jeho bol ktorý sú vo už
        alebo však len
    """,
    "sl": """
        in je v na za se da ki so po z ne s kot pa tudi od pri bi bo o do še ali ni kar
    """,
    "hr": """
        i u je na se da za su od s a kako o iz koji što bi ne do nije bio po ili kao biti sve
    """,
    "ht": """
        nan la yo ki pou te li ak yon sa se pa an gen sou tout
    """,
    "sco": """
        the o an tae in a is wis that for it as wi fae his on he bi wur
    """,
    "oc": """
        de la lo los e las en un del que es amb per una dels dins
    """,
    "eo": """
        la de kaj en al estas por ne kun li estis
    """,
}
