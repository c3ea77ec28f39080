"""Cities that datelines name: capitals, seats of news, courts and institutions; lower case, in several languages."""

_NAMES = """
aachen| abu dhabi| accra| addis ababa| addis abeba| alger| algier| algiers| amman| amsterdam| ankara| athen|
athens| atlanta| augsburg| bagdad| baghdad| baku| bamako| bangkok| barcelona| basel| beijing| beirut|
belfast| belgrad| belgrade| berlin| bern| bielefeld| bochum| bogota| bogotá| bonn| boston| brasilia|
brasília| bratislava| braunschweig| bremen| bruselas| brussels| bruxelles| brüssel| bucharest| budapest|
buenos aires| bukarest| cairo| canberra| caracas| charkiw| chemnitz| chicago| cologne| copenhagen| cottbus|
dakar| dallas| damascus| damaskus| darmstadt| davos| delhi| den haag| detroit| dhaka| doha| dortmund|
dresden| dubai| dublin| duisburg| düsseldorf| edinburgh| erfurt| essen| frankfurt| frankfurt am main|
frankfurt/main| freiburg| garmisch-partenkirchen| gaza| gaza city| geneva| genf| genève| graz| göttingen|
hague| halle| hamburg| hannover| hanoi| harare| havana| havanna| heidelberg| helsinki| hong kong| hongkong|
houston| innsbruck| islamabad| istanbul| jakarta| jena| jerusalem| johannesburg| kabul| kairo| kampala|
karlsruhe| kassel| kathmandu| kharkiv| khartoum| khartum| kiel| kiew| kigali| kinshasa| koblenz| kopenhagen|
kuala lumpur| kyiv| kyjiw| köln| la paz| lagos| lausanne| leipzig| lima| linz| lisbon| lissabon| ljubljana|
london| londres| los angeles| luxembourg| luxemburg| lyon| lübeck| madrid| magdeburg| mailand| mainz|
managua| manchester| manila| mannheim| marseille| melbourne| mexico city| mexiko-stadt| miami| milan| minsk|
mogadischu| mogadishu| montreal| moscou| moscow| moscú| moskau| mumbai| munich| münchen| münster| nairobi|
neapel| neu-delhi| new delhi| new york| nicosia| nikosia| nürnberg| odesa| odessa| oslo| ottawa|
panama-stadt| paris| peking| philadelphia| phnom penh| pjöngjang| potsdam| prag| prague| pretoria| pristina|
pyongyang| quito| ramallah| regensburg| reykjavik| riad| riga| rio de janeiro| riyadh| rom| roma| rome|
rostock| saarbrücken| salzburg| san francisco| sanaa| santiago| santiago de chile| sao paulo| sarajevo|
schwerin| seattle| seoul| shanghai| singapore| singapur| skopje| sofia| st. petersburg| stockholm|
strasbourg| straßburg| stuttgart| sydney| são paulo| taipeh| taipei| tallinn| tbilisi| teheran| tehran| tel
aviv| the hague| tiflis| tirana| tokio| tokyo| toronto| trier| tripoli| tripolis| tunis| turin| ulm|
vancouver| vatican city| vatikanstadt| venedig| vienna| vilnius| warsaw| warschau| washington| wellington|
wien| wiesbaden| wolfsburg| würzburg| yangon| yaoundé| yerevan| zagreb| zurich| zürich
"""

CITIES = frozenset(" ".join(name.split()) for name in _NAMES.split("|"))
