"""Names of one and the same country, body or company that are not seen to be the same by their letters."""

from __future__ import annotations

_GROUPS = """
United States|United States of America|US|USA|America|American|Americans|Washington
United Kingdom|UK|Britain|Great Britain|British|Briton|Britons
European Union|EU|the bloc
United Nations|UN
Germany|German|Germans|Berlin
France|French|Paris
Spain|Spanish|Spaniard|Spaniards|Madrid
Italy|Italian|Italians
China|Chinese|Beijing|PRC|People's Republic of China
Japan|Japanese|Tokyo
South Korea|South Korean|South Koreans|Seoul
North Korea|North Korean|North Koreans|Pyongyang|DPRK
Russia|Russian|Russians|Moscow|Kremlin
Ukraine|Ukrainian|Ukrainians|Kyiv|Kiev
Netherlands|Holland|Dutch
Sweden|Swedish|Swede|Swedes
Denmark|Danish|Dane|Danes
Norway|Norwegian|Norwegians
Finland|Finnish|Finn|Finns
Poland|Polish|Pole|Poles
Switzerland|Swiss
Belgium|Belgian|Belgians
Austria|Austrian|Austrians
Greece|Greek|Greeks
Portugal|Portuguese
Ireland|Irish
Scotland|Scottish|Scots
Wales|Welsh
England|English
Turkey|Türkiye|Turkish|Turk|Turks|Ankara
Israel|Israeli|Israelis
Palestine|Palestinian|Palestinians
Egypt|Egyptian|Egyptians
Saudi Arabia|Saudi|Saudis|Riyadh
United Arab Emirates|UAE|Emirati|Emirates
Iran|Iranian|Iranians|Tehran
Iraq|Iraqi|Iraqis
Syria|Syrian|Syrians
Lebanon|Lebanese
Afghanistan|Afghan|Afghans
Pakistan|Pakistani|Pakistanis
India|Indian|Indians|New Delhi
Bangladesh|Bangladeshi
Sri Lanka|Sri Lankan
Thailand|Thai
Vietnam|Vietnamese
Philippines|Filipino|Filipinos|Philippine
Indonesia|Indonesian
Malaysia|Malaysian
Myanmar|Burma|Burmese
Taiwan|Taiwanese|Taipei
Hong Kong|Hongkonger
Australia|Australian|Australians|Canberra
New Zealand|New Zealander|New Zealanders
Canada|Canadian|Canadians|Ottawa
Mexico|Mexican|Mexicans
Brazil|Brazilian|Brazilians
Argentina|Argentine|Argentinian
Chile|Chilean
Colombia|Colombian
Peru|Peruvian
Venezuela|Venezuelan
Cuba|Cuban
Haiti|Haitian
South Africa|South African|South Africans
Nigeria|Nigerian|Nigerians
Kenya|Kenyan
Ethiopia|Ethiopian
Europe|European|Europeans
Africa|African|Africans
Asia|Asian
Alabama|Ala
Arizona|Ariz
Arkansas|Ark
California|Calif|Californian
Colorado|Colo
Connecticut|Conn
Florida|Fla
Illinois|Ill
Indiana|Ind
Kansas|Kan
Kentucky|Ky
Louisiana|La
Maryland|Md
Massachusetts|Mass
Michigan|Mich
Minnesota|Minn
Mississippi|Miss
Missouri|Mo
Montana|Mont
Nebraska|Neb
Nevada|Nev
New Hampshire|NH
New Jersey|NJ
New Mexico|NM
North Carolina|NC
North Dakota|ND
Oklahoma|Okla
Oregon|Ore
Pennsylvania|Pa
Rhode Island|RI
South Carolina|SC
South Dakota|SD
Tennessee|Tenn
Texas|Tex|Texan
Vermont|Vt
Virginia|Va
West Virginia|W Va
Wisconsin|Wis
Wyoming|Wyo
New York City|NYC
Los Angeles|LA
Washington, D.C.|Washington DC|DC
World Health Organization|World Health Organisation|WHO
North Atlantic Treaty Organization|Nato|NATO
International Monetary Fund|IMF
European Central Bank|ECB
Bank of England|BoE
Federal Reserve|Fed
Federal Bureau of Investigation|FBI
Central Intelligence Agency|CIA
Environmental Protection Agency|EPA
Food and Drug Administration|FDA
Centers for Disease Control and Prevention|CDC
Securities and Exchange Commission|SEC
Supreme Court|SCOTUS
Republican Party|GOP|Republican|Republicans
Democratic Party|Democrat|Democrats|Democratic
White House|Oval Office
Volkswagen|VW
General Motors|GM
Mercedes-Benz|Mercedes
Bayerische Motoren Werke|BMW
British Broadcasting Corporation|BBC
Associated Press|AP
Agence France-Presse|AFP
Financial Times|FT
Wall Street Journal|WSJ
New York Times|NYT
International Business Machines|IBM
Facebook|Meta
Google|Alphabet
"""

# A capital stands for its government, a platform for its owner: close enough to be no other name.
KNOWN: dict[str, int] = {
    name.lower().replace(".", ""): number
    for number, line in enumerate(_GROUPS.strip().splitlines())
    for name in line.split("|")
}
"""Folded name -> the number of its group."""
