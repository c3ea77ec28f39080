"""What a stemmer cannot know: words it takes for one that are two, and forms of one word it takes for two.

Tables of words, folded; `stemming.py` reads them. They were written for this project: of the 20,000 commonest words of
10,000 German and English articles (2026-11-29) all that share a stem were looked through, and those kept apart that no
reader would take for each other; beyond doubt only, so related words (Wahl, Wähler) still meet. The irregular forms
are those of grammars.
"""


def _lines(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in text.strip().splitlines())


# Words of a line are one word, whose stem is the first: kept from what the stemmer makes of them.
APART = {
    "en": _lines("""
        willing willingly willingness
        important importantly importance unimportant
        experiment experiments experimental experimentally experimented experimenting experimentation
        successive successively succession successions
        nominal nominally
        polite politely politeness
        organs organ
        universe universes
        universal universally universality
        engine engines
        adamant adamantly
        federer federers
        minority minorities
        majority majorities
        mineral minerals
        quite
        several
        severance
        underlying
        informal informally informality
        publication publications
        publicity
        respective respectively
        terminal terminals
        considerable considerably
        customer customers
        emergency emergencies
        conversion conversions
        celebrity celebrities
        designate designated designates designating designation designations
        executive executives
        ironic ironical ironically irony ironies
        refinance refinanced refinances refinancing
        transition transitions transitional transitioned
        competent competently competence competency incompetent
        numerous numerously
        detective detectives
        objective objectives objectively objectivity
        candid candidly candour
        consolation consolations
        suite suites
        rational rationally rationality
        audition auditions auditioned auditioning
        morale
        department departments departmental
        apartment apartments
        premiere premieres premiered
        aide aides
        compassion compassionate
        heroine heroines
        negligible
        defection defections defector defectors
        authority authorities
        diversion diversions
        position positions positioned positioning
        unite unites united uniting
        capitalism
        liberate liberated liberates liberating liberation liberator liberators
        interns intern internship internships
        conservative conservatives conservatively conservatism
        officer officers
        responsible responsibly responsibility responsibilities
        busy busier busiest busily
        francs franc
        hilarious hilariously hilarity
        hospitality hospitable
        marina marinas
        maine
        julie
        marie
        dominic
        oliver
    """),
    "de": _lines("""
        seite seiten
        ebene ebenen
        wegen
        sicher sichere sicherem sicheren sicherer sicheres sicherheit sicherheiten sichern
        bereits
        burgen burg
        lager lagern lagers
        posten postens
        landen landet landete landeten gelandet gelandete gelandeten
        ostern
        leider
        maler malern malers malerin malerinnen
        regier regieren regiert regierte regierten
        regie regien
        forder fordern fordert forderte forderten gefordert
        planet planeten
        ausfuhren ausfuhr
        einfuhren einfuhr
        finger fingern fingers
        wiese
        liefern
        schiene
        wunde wunden
        sonde sonden
        sondern
        schulter schultern
        wetter wetters
        wandern
        bande banden
        laster lastern lasters
        trauer trauern trauert trauerte trauerten
        zeuge zeugen zeugin zeuginnen
        komet kometen
        boxer boxern boxers
        federer federers
        feder federn
        gestern
        geste gesten
        manchester
        beton betons
        betonung betonen betont betonte betonten
        messer messern messers
        meister meisters meisterin meisterinnen
        leder leders
        oper opern
        einige einigem einigen einiger einiges
        wille willen willens
        bauer bauern bauers bäuerin bäuerinnen bäuerlich bäuerliche bäuerlichen bäuerlicher bäuerliches
        falls
        regen regens
        kohle kohlen
        akte akten
        marke marken
        sprache sprachen
        los
        verdi
        gerät geräte geräten geräts gerätes
    """),
}

# The same, where the plain letter instead of the umlaut makes the other word: these are not found by `a` for `ä`.
APART_BY_UMLAUT = {
    "de": _lines("""
        fördern fördert förderte förderten förderung förderungen förderer förderern förderlich förderliche förderlichen
        fördern gefördert geförderte geförderten geförderter gefördertes
        ändern ändert änderte änderten änderung änderungen geändert geänderte geänderten geänderter
        währung währungen
        belästigung belästigungen belästigen belästigt belästigte belästigten
        bär bären bärin bärinnen
        fähre fähren
        küche küchen
        blüte blüten
        spüren spürt spürte spürten gespürt spürbar spürbare spürbaren
        verlängern verlängert verlängerte verlängerten verlängerung verlängerungen
        zählung zählungen zählen zählt zählte zählten gezählt
        stätte stätten
        fläche flächen
        köhler köhlers
        lösen löst löste lösten gelöst gelöste gelösten
    """),
}

# Forms of the first word of a line: they get its stem.
TOGETHER = {
    "en": _lines("""
        man men
        woman women
        child children
        foot feet
        tooth teeth
        mouse mice
        goose geese
        ox oxen
        wife wives
        knife knives
        wolf wolves
        thief thieves
        half halves
        shelf shelves
        loaf loaves
        calf calves
        crisis crises
        analysis analyses
        hypothesis hypotheses
        thesis theses
        diagnosis diagnoses
        oasis oases
        synthesis syntheses
        parenthesis parentheses
        emphasis emphases
        criterion criteria
        phenomenon phenomena
        index indices
        matrix matrices
        vertex vertices
        appendix appendices
        bacterium bacteria
        stadium stadia
        referendum referenda
        nucleus nuclei
        radius radii
        stimulus stimuli
        fungus fungi
        cactus cacti
        policeman policemen
        policewoman policewomen
        chairman chairmen
        chairwoman chairwomen
        spokesman spokesmen
        spokeswoman spokeswomen
        businessman businessmen
        businesswoman businesswomen
        congressman congressmen
        congresswoman congresswomen
        gunman gunmen
        fireman firemen
        fisherman fishermen
        workman workmen
        salesman salesmen
        statesman statesmen
        sportsman sportsmen
        cameraman cameramen
        clergyman clergymen
        serviceman servicemen
        seaman seamen
        airman airmen
        frenchman frenchmen
        englishman englishmen
        irishman irishmen
        grandchild grandchildren
        schoolchild schoolchildren
        big bigger biggest
        go goes went gone going
        say said
        win won
        lose lost losing loses
        buy bought
        sell sold
        tell told
        find found
        fight fought
        steal stole stolen
        take took taken
        give gave given
        begin began begun
        speak spoke spoken
        write wrote written
        shoot shot
        pay paid
        build built
        send sent
        spend spent
        lend lent
        bend bent
        strike struck stricken
        fall fell fallen
        rise risen
        arise arose arisen
        hold held
        keep kept
        sleep slept
        sweep swept
        meet met
        feel felt
        deal dealt
        mean meant
        hear heard
        stand stood
        understand understood
        withstand withstood
        become became
        come came
        overcome overcame
        make made
        catch caught
        teach taught
        bring brought
        seek sought
        think thought
        grow grew grown
        know knew known
        draw drawn
        withdraw withdrew withdrawn
        throw threw thrown
        fly flew flown
        blow blew blown
        drive drove driven
        ride rode ridden
        break broke broken
        choose chose chosen
        freeze froze frozen
        run ran
        overrun overran
        sink sank sunk
        sing sang sung
        swim swam swum
        drink drank
        ring rang
        spring sprang sprung
        forget forgot forgotten
        forgive forgave forgiven
        forbid forbade forbidden
        wake woke woken
        swear swore sworn
        wear wore worn
        tear tore torn
        eat ate eaten
        hide hid hidden
        see saw seen
        sit sat
        shake shook shaken
        show shown
        stick stuck
        flee fled
        hang hung
        undergo undergoes underwent undergone
        undertake undertook undertaken
        overtake overtook overtaken
        mistake mistook mistaken
        hijack hijacked
        die dying
        lie lying
        tie tying
    """),
    "de": _lines("""
        museum museen
        datum daten
        zentrum zentren
        firma firmen
        thema themen themata
        konto konten
        risiko risiken
        gremium gremien
        ministerium ministerien
        kriterium kriterien
        stadion stadien
        forum foren
        album alben
        virus viren
        globus globen
        zyklus zyklen
        rhythmus rhythmen
        organismus organismen
        mechanismus mechanismen
        praxis praxen
        villa villen
        drama dramen
        dogma dogmen
        prinzip prinzipien
        material materialien
        stipendium stipendien
        laboratorium laboratorien
        territorium territorien
        visum visa
        votum voten
        datum daten
        spektrum spektren
        atlas atlanten
        lexikon lexika
        praktikum praktika
        embargo embargos
    """),
    "uk": _lines("""
        києва київ
        львова львів
        харкова харків
        чернігова чернігів
        миколаєва миколаїв
        року рік
    """),
}

# German verbs whose forms are not their present with another ending. A form stands for whatever has its stem
# (genommene), with a prefix or without. "=" marks one that is meant as it stands and without prefix, because a noun
# begins or ends alike (gab, Ausgabe); "+" as it stands, with prefixes; "-" behind a prefix only (beschloss, Schloss).
STRONG_VERBS = _lines("""
    gehen ging gegangen geht
    bringen brachte gebracht bringt
    denken =dachte =dachten gedacht denkt
    kennen =kannte =kannten gekannt kennt
    nennen nannte genannt nennt
    rennen rannte gerannt rennt
    brennen brannte gebrannt brennt
    wissen =wusste =wussten gewusst
    gewinnen gewann gewonnen gewinnt
    beginnen begann begonnen beginnt
    verlieren verlor verloren verliert
    sterben starb gestorben stirbt
    werben warb geworben wirbt
    werfen warf geworfen wirft
    helfen half geholfen hilft
    treffen traf getroffen trifft
    sprechen +sprach gesprochen spricht
    brechen brach gebrochen bricht
    stechen stach gestochen sticht
    nehmen +nahm =nahmen genommen nimmt
    geben +gab =gaben gegeben gibt
    treten trat getreten tritt
    lesen +las =lasen gelesen liest
    sehen sah gesehen sieht
    geschehen geschah geschieht
    vergessen vergaß vergisst
    bitten +bat =baten +gebeten bittet
    sitzen +saß =saßen gesessen sitzt
    liegen =lag =gelegen liegt
    schreiben schrieb geschrieben schreibt
    bleiben blieb geblieben bleibt
    scheinen +schien scheint
    steigen stieg gestiegen steigt
    schweigen schwieg geschwiegen schweigt
    meiden mied gemieden meidet
    entscheiden entschied entschieden entscheidet
    greifen =griff gegriffen greift
    pfeifen pfiff gepfiffen pfeift
    streiten +stritt +stritten gestritten streitet
    reiten geritten
    leiden litt gelitten leidet
    schneiden =schnitt geschnitten schneidet
    leihen lieh geliehen leiht
    verzeihen verzieh verziehen verzeiht
    weisen +wies gewiesen weist
    beweisen bewies bewiesen beweist
    ziehen +zog +zogen gezogen zieht
    fliegen +flog +flogen geflogen fliegt
    fliehen floh geflohen flieht
    lügen =log =logen gelogen lügt
    betrügen betrog betrogen betrügt
    schieben schob geschoben schiebt
    heben hob gehoben hebt
    schießen +schoss -geschossen schießt
    gießen +goss gegossen gießt
    schließen -schloss geschlossen schließt
    frieren fror gefroren friert
    befehlen befahl befohlen befiehlt
    empfehlen empfahl empfohlen empfiehlt
    stehlen gestohlen stiehlt
    sinken +sank +sanken gesunken sinkt
    trinken trank getrunken trinkt
    finden fand gefunden findet
    erfinden erfunden
    binden gebunden bindet
    verbinden +verbunden
    schwinden -schwand geschwunden -schwunden schwindet
    ringen gerungen
    gelingen gelang gelungen gelingt
    springen sprang gesprungen springt
    zwingen +zwang +zwangen gezwungen zwingt
    dringen +drang +drangen gedrungen dringt
    entstehen entstand entstanden entsteht
    tragen trug getragen +trägt
    schlagen schlug geschlagen +schlägt
    fahren =fuhr =fuhren -gefahren +fährt
    laden lud geladen +lädt
    waschen wusch gewaschen +wäscht
    wachsen =wuchs =wuchsen +gewachsen +wächst
    halten hielt +gehalten +hält
    lassen ließ gelassen +lässt
    laufen +lief +liefen gelaufen +läuft
    rufen rief gerufen
    stoßen stieß gestoßen +stößt
    schlafen schlief geschlafen +schläft
    fallen fiel -gefallen +fällt
    fangen +fing +fingen +fängt
    hängen hing gehangen +hängt
    kommen kam gekommen kommt
    wenden =wandte =wandten =gewandt wendet
    senden =sandte =sandten
    schaffen +schuf +schufen
    raten +riet +rieten
    messen gemessen =misst
    fressen fraß gefressen frisst
    graben +grub +gruben +gegraben +gräbt
    gelten +galt +galten gilt gegolten
    quellen quoll gequollen
    schmelzen schmolz geschmolzen schmilzt
    schwören schwor geschworen
    biegen =bog gebogen biegt
    wiegen wog gewogen wiegt
    riechen roch gerochen
    kriechen kroch gekrochen
    verderben verdarb verdorben verdirbt
    erschrecken erschrak erschrocken
    treiben =trieb +getrieben treibt
    essen gegessen
""")

# What looks like a form with a prefix and is another word, with all that has its stem.
NO_VERBS = ["bekannt", "verwandt", "herzog", "betrug", "erfolgt", "verdacht", "andacht", "bewusst", "angemessen"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# What German verbs begin with, and leave the stem to: "ausgegangen" belongs to "ausgehen".
SEPARABLE = _words(
    "ab an auf aus bei durch ein entgegen fest fort frei her heran heraus herum hervor hin hinaus hinein hinzu los mit "
    "nach nieder statt teil über um unter vor voran voraus vorbei weg weiter wieder zu zurück zusammen"
)
INSEPARABLE = _words("be ent er ver zer")
