"""Cities that datelines name: capitals, seats of news, courts and institutions; lower case, in several languages."""

_NAMES = """
aachen| abu dhabi| abuja| accra| addis ababa| addis abeba| addis-abeba| ajman| aleppo| alexandria| alger| algier|
algiers| almaty| amman| amsterdam| anchorage| ancona| ankara| annapolis| antwerp| antwerpen| anvers| aosta| asuncion|
asunción| atenas| atene| athen| athens| athènes| atlanta| atlantic city| auckland| augsburg| bagdad| baghdad| bakou|
baku| baltimore| bamako| bangalore| bangkok| barcelona| bari| basel| basle| basra| bayreuth| beijing| beirut|
belfast| belgrad| belgrade| bellinzona| belo horizonte| belém| bengaluru| bergamo| bergen| berlijn| berlim| berlin|
berlino| bern| berna| bielefeld| bilbao| birmingham| bloemfontein| bochum| bogor| bogota| bogotá| bologna| bolzano|
bonn| bordeaux| boston| bozen| brasilia| brasília| bratislava| braunschweig| bregenz| bremen| brescia| breslau|
brindisi| brisbane| bristol| brno| brugge| bruselas| brussel| brussels| bruxelas| bruxelles| brüssel| bucarest|
bucareste| bucharest| budapest| budapeszt| buenos aires| bukarest| bydgoszcz| cagliari| cairo| calgary| canberra|
cape town| caracas| cardiff| caserta| catania| charkiw| charlottetown| chemnitz| chennai| cherson| chicago| chişinău|
chișinău| christchurch| cincinnati| ciudad de méxico| coburg| cologne| colombo| copenaghen| copenhagen| copenhague|
cottbus| curitiba| cádiz| dakar| dallas| damas| damasco| damascus| damaskus| darmstadt| davos| delhi| den bosch|
den haag| denver| des moines| detroit| dhaka| djibouti| dnipro| doha| dortmund| dresden| dubai| dublin| duisburg|
dunedin| durban| düsseldorf| edinburgh| edmonton| eindhoven| eisenstadt| erfurt| eriwan| essen| estambul| firenze|
florenz| fortaleza| frankfurt| frankfurt am main| frankfurt/main| freiburg| garmisch-partenkirchen| gaza| gaza city|
gdansk| gdańsk| geneva| geneve| genf| genoa| genova| gent| genève| gerusalemme| ghent| girona| glasgow| goma|
gothenburg| gqeberha| graz| grenoble| groningen| guadalajara| guayaquil| göteborg| göttingen| hague| halifax| halle|
hamburg| hannover| hanoi| harare| havana| havanna| heidelberg| helsinki| ho chi minh city| hong kong| hongkong|
honolulu| houston| hyderabad| indianapolis| ingolstadt| innsbruck| irkutsk| islamabad| istanbul| izmir| jacksonville|
jaipur| jakarta| jena| jerusalem| jerusalén| johannesburg| johor bahru| juba| juneau| jérusalem| kabul| kairo|
kampala| kansas city| kapstadt| karachi| karlsruhe| kassel| kathmandu| katowice| kazan| kharkiv| khartoum| khartum|
kherson| kiel| kiew| kigali| kinshasa| klagenfurt| koblenz| kolkata| konstanz| kopenhagen| kota kinabalu| krakau|
krakow| kraków| kuala lumpur| kuala terengganu| kuching| kyiv| kyjiw| köln| la habana| la havane| la haye| la paz|
la valletta| lagos| lahore| las vegas| lausanne| le caire| leeds| leicester| leipzig| leuven| lille| lima| linz|
lisboa| lisbon| lisbona| lisbonne| lissabon| little rock| liverpool| liège| ljubljana| londen| london| londra|
londres| londyn| los angeles| louisville| lublin| lucerne| lugano| luxembourg| luxemburg| luzern| lviv| lwiw| lyon|
lübeck| maastricht| madrid| magdeburg| mailand| mainz| malmö| managua| manchester| manila| mannheim| maputo|
mariupol| marrakech| marrakesch| marseille| medellín| melbourne| messina| mexico city| mexiko-stadt| miami| milan|
milano| milwaukee| minneapolis| minsk| modena| mogadischu| mogadiscio| mogadishu| monterrey| montevideo| montpellier|
montreal| mosca| moscou| moscovo| moscow| moscú| moskau| moskou| moskva| moskwa| mostar| mumbai| munich| mykolajiw|
málaga| münchen| münster| n'djamena| nairobi| nantes| napoli| nashville| naypyidaw| neapel| neu-delhi| new delhi|
new orleans| new york| newcastle| nicosia| nikosia| nizza| nova delhi| nova york| novosibirsk| nueva delhi|
nueva orleans| nueva york| nürnberg| oakland| odesa| odessa| oklahoma city| oldenburg| osaka| oslo| osnabrück|
ottawa| ouagadougou| oviedo| oxford| paderborn| padova| palermo| palma de mallorca| pamplona| panama-stadt| parigi|
parijs| paris| paryż| parís| passau| pekin| peking| pequim| perugia| peshawar| philadelphia| phnom penh| piacenza|
pietermaritzburg| pisa| pittsburgh| pjöngjang| port-au-prince| portland| porto| porto alegre| potsdam| poznań| praag|
prag| praga| prague| praia| pretoria| pristina| putrajaya| pyongyang| pékin| quebec| quito| québec| rabat| rafah|
ragusa| ramallah| rawalpindi| recife| regensburg| reims| rennes| reykjavik| riad| riga| rijeka| rio de janeiro|
riyad| riyadh| rom| roma| rome| rostock| rotterdam| rzeszów| saarbrücken| sacramento| salt lake city| salzburg|
san antonio| san diego| san francisco| san josé| san salvador| sanaa| sanktpeterburg| santa cruz| santiago|
santiago de chile| santo domingo| sao paulo| sarajevo| schwerin| seattle| seoul| sevilla| shanghai| singapore|
singapur| skopie| skopje| sofia| sofía| soweto| srinagar| st. gallen| st. louis| st. petersburg| st. pölten|
stoccolma| stockholm| strasbourg| straßburg| stuttgart| suva| sydney| szczecin| são paulo| sófia| taipeh| taipei|
taipéi| tallahassee| tallinn| tampa| taranto| taschkent| tashkent| tbilisi| tegucigalpa| teheran| teherán| tehran|
tel aviv| teramo| the hague| thessaloniki| thessaloníki| tiflis| tijuana| timișoara| tirana| tokio| tokyo| topeka|
torino| toronto| toulon| toulouse| trento| treviso| trier| triest| trieste| tripoli| tripolis| tucson| tulsa| tunes|
tunis| turin| turín| téhéran| tóquio| túnez| ulaanbaatar| ulm| united nations| utrecht| valletta| valparaíso|
vancouver| varese| varsavia| varsovia| varsovie| varsóvia| vatican city| vatikanstadt| venedig| venezia| verona|
vicenza| viena| vienna| vienne| vigo| vilna| vilnius| vladivostok| warsaw| warschau| warszawa| washington|
wellington| wenen| wien| wiesbaden| windhoek| winnipeg| winterthur| wladiwostok| wolfsburg| wrocław| würzburg|
yangon| yaoundé| yerevan| yokohama| zagabria| zagreb| zaragoza| zurich| zurigo| zürich| łódź| берлин| берлін|
варшава| вашингтон| київ| лондон| львів| минск| москва| мінськ| одеса| париж| харків
"""

CITIES = frozenset(" ".join(name.split()) for name in _NAMES.split("|"))
