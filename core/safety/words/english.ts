import type { PolicyWords } from '../policy-words.ts';

const PERSON =
  '(?:wom[ae]n|m[ae]n|girls?|boys?|persons?|people|lady|ladies|guys?|dudes?|models?|someone|somebody|couple|actress|actor|bride|groom|child(?:ren)?|kids?)';
const RELATIVE =
  '(?:co ?workers?|colleagues?|boss|ex(?: (?:girlfriend|boyfriend|wife|husband))?|girlfriends?|boyfriends?|gf|bf|wife|husband|fiancee?|partner|friends?|bestie|roommate|flatmate|neighbou?rs?|teachers?|professor|classmates?|crush|mom|mum|mother|dad|father|sisters?|brothers?|aunt|uncle|cousins?|niece|nephew|stepmom|stepsister|landlord|manager|secretary|client|nurse|doctor|trainer|babysitter|student)s?';
const WHOSE = `(?:her|his|their|(?:the|this|that|these|those) ${PERSON}s?|(?:my|our|your) (?:\\w+ )?${RELATIVE})`;
const PICTURE =
  '(?:(?:the |this |that |my |attached )?(?:images?|photos?|photographs?|pictures?|pics?|selfies?|screenshots?|attachments?))';
const CLOTHES =
  '(?:clothe?s|clothing|outfit|dress|shirt|t ?shirt|tshirt|blouse|top|skirt|pants|trousers|jeans|shorts|bra|panties|knickers|underwear|undies|bikini|swimsuit|lingerie|robe|towel|leggings|tights|garments?)s?';
const AWAY =
  '(?:remov(?:e|es|ed|ing)|tak(?:e|es|ing) (?:off|away)|took off|strip(?:s|ped|ping)?(?: off| away)?|eras(?:e|ing)|delet(?:e|ing)|get rid of|rip(?:s|ped|ping)? off|tear(?:ing)? off|peel(?:ing)? off|pull(?:ing)? (?:down|off|up)|lift(?:ing)? up|lose|photoshop (?:off|out|away))';
const SKIMPY = '(?:bikinis?|lingerie|thongs?|underwear|undies|panties|bra|g string|micro ?bikini|nothing)';
const SHOW =
  '(?:make|makes|making|turn|render|show|put|dress|get|give|draw|paint|edit|have|change|photoshop|imagine|picture|generate|create|want|see|wish)';

export const ENGLISH: PolicyWords = {
  match: 'words',
  harmless: [
    'nude (?:colou?r(?:ed|s)?|lip(?:s|stick|stick shade)?|lipsticks?|shades?|tones?|toned|heels?|pumps?|sandals?|shoes?|nails?|nail polish|manicure|palettes?|make ?up|beige|pinks?|brown|tights|stockings|sweater|eyeshadow|background|gloss|leather|handbag|bag)',
    'in nude (?:tones|shades|colou?rs)',
    'naked (?:mole(?: ?rats?)?|eyes?|flames?|cakes?|trees?|branch(?:es)?|wires?|bulbs?|oats|bikes?|neck chickens?|singularity|gun)',
    'sex(?:ual)? (?:chromosomes?|education|ed|ratios?|cells?|hormones?|determination|linked|differences?|dimorphism|selection|reproduction|orientation|and the city|pistols)',
    '(?:same|opposite|fair|both|biological|either) sex(?:es)?',
    'sex of the \\w+',
    '(?:anti|non) (?:porn(?:ography)?|nude|nudity|sexual)',
    'chicken breasts?|breast (?:cancer|pocket|plate|stroke|milk|feeding|pump)|(?:duck|turkey|robin red|red) breasts?',
    '(?:blue|great|coal|marsh|willow|crested|long tailed|bearded) tits?',
    'babydolls?|baby (?:blue|pink|doll|dolls|yellow|green|oil|grand)|kid (?:leather|gloves?)|teen spirit',
    'puss(?:y|ies) (?:cats?|willows?|riot|foot(?:ed)?)',
    'child(?:ren)? free|adults? only',
  ],
  explicit: [
    'nud(?:e|es|ity|ist|ists|ies|ify)',
    'naked(?:ness)?|undressed|nip slips?|au naturel',
    'topless|bottomless|unclothed|clothe?sless|stark(?:ers)?|birthday suit|in the buff',
    'without (?:any |her |his |their |the |wearing )*(?:clothe?s|clothing|garments|underwear|a bra|bra|panties|shirt|pants)',
    '(?:no|zero) (?:clothe?s|clothing|underwear|bra|panties)',
    'wearing (?:nothing|no clothe?s)|with nothing on',
    'porn(?:o|os|hub|ographic|ography|star|stars)?|nsfw|xxx|r ?18|x rated|r ?34|rule ?34',
    'sex|sexes|sexual(?:ly|ized|ised|ize|ise)?|sext(?:ing)?|intercourse|blow ?jobs?|hand ?jobs?|orgasms?|orgies|orgy|gang ?bang',
    'masturbat(?:e|es|ed|ing|ion)|cum ?shots?|horny|ahegao|hentai|lewds?|bdsm|bondage|dildos?|onlyfans',
    'genitals?|genitalia|penis(?:es)?|vaginas?|vulva|puss(?:y|ies)|nipples?|boobs?|boobies|titties|tits|dick pics?|cock pics?',
    'fuck(?:ed|ing)?',
  ],
  suggestive: [
    'sex(?:y|ier|iest|ily)|sexiness|erotic(?:a|ally)?|seductive(?:ly)?|sensual(?:ly)?|sultry|kinky|fetish',
    'lingerie|thongs?|panties|g string|cleavage|upskirt|strip ?tease|strippers?|breasts|bare chested',
    'underwear|micro ?bikini|camel ?toe',
  ],
  minors: [
    'child(?:ren|s|like|hood)?|kids?|minors?|toddlers?|infants?|baby|babies|newborns?',
    'teen(?:s|age|aged|ager|agers)?|pre ?teens?|tweens?|adolescents?|juveniles?|youngsters?|under ?aged?|under (?:18|eighteen)',
    'school ?(?:girls?|boys?|kids?)|(?:little|small|young|preschool|prepubescent) (?:girls?|boys?)|kindergart\\w+|preschoolers?',
    '(?:elementary|primary|middle|junior high|high) school(?:ers?)?|pupils in class|girl scouts?|boy scouts?',
    'daughters?|my (?:sons?|niece|nephew)|(?:little|younger|small|baby) (?:brother|sister|son|cousin)s?|stepdaughters?',
    'loli|lolis|shota|shotas|jailbait',
    '(?:[1-9]|1[0-7]) ?(?:years?|yrs?|yr|y) ?olds?|(?:[1-9]|1[0-7]) ?yo|age[ds]? (?:of )?(?:[1-9]|1[0-7])',
    '(?:four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen) years? olds?',
  ],
  youths: ['girls?|boys?'],
  people: [
    `(?:my|our|your|his|her|their) (?:\\w+ ){0,2}${RELATIVE}`,
    `(?:a|an|the|this|that) (?:\\w+ )?(?:co ?worker|colleague|classmate|ex girlfriend|ex boyfriend|neighbou?r)s?`,
    `${PERSON} (?:\\w+ ){0,4}?(?:in|from|of|on) ${PICTURE}`,
    `${PICTURE} \\d+ (?:\\w+ ){0,2}${PERSON}`,
    `(?:this|that|these|those|real|actual|specific) (?:\\w+ )?${PERSON}`,
    'celebrit(?:y|ies)|(?:famous|popular|real) (?:\\w+ )?(?:actress(?:es)?|actors?|singers?|streamers?|athletes?|person|people)|politicians?|influencers?|youtubers?|tiktokers?|twitch streamers?|public figures?|deep ?fakes?|real li[fv]e person',
    `${SHOW} (?:\\w+ ){0,2}(?:her|him|them)(?: \\w+){0,6}`,
    '(?:her|him|them|she|he|they|herself|himself) (?:\\w+ ){0,5}?(?:nude|naked|topless|nsfw|porn\\w*|without|wearing nothing|no clothe?s|sexy|sexier)',
    '(?:nudes?|naked|topless|porn|sex|boobs|tits|nipples|nsfw|lewd|sexy) (?:\\w+ ){0,3}?(?:of )?(?:her|him|them|herself|himself)',
    `${SHOW} (?:it|this|these|${PICTURE}(?: \\d+)?) (?:\\w+ ){0,3}?(?:nude|naked|topless|nsfw|porn\\w*|xxx)`,
    `${SHOW} (?:the|this|that) (?:\\w+ )?${PERSON}`,
    '(?:nudes?|naked|topless) (?:\\w+ ){0,2}?(?:of )?me|me (?:nude|naked|topless)',
    '^(?:now |fully |completely |make |and )*(?:nude|naked|topless)(?: please| now)?$',
    `(?:nude|naked|topless|nsfw|undressed|porn\\w*|xxx) (?:version|edit|variant) of`,
    `(?:swap|put|paste|place) (?:\\w+ ){0,3}(?:face|head)s?`,
  ],
  undressing: [
    `undress(?:es|ed|ing)? (?:\\w+ ){0,2}(?:her|him|them|${PERSON}|${RELATIVE}|${PICTURE})`,
    `(?:her|him|them|${PERSON}|${RELATIVE}) (?:\\w+ ){0,4}?(?:undress(?:ed|ing)?|strip(?:ped|ping)? (?:down|naked|bare))`,
    'nudif(?:y|ies|ied|ying|ier)|deep ?nudes?|undress (?:ai|app)',
    `strip (?:her|him|them|${WHOSE})`,
    `${AWAY} (?:all |off |of |just |only )*${WHOSE} (?:\\w+ ){0,2}${CLOTHES}`,
    `(?:tak(?:e|ing)|strip|pull|rip) (?:all )?(?:of )?${WHOSE} (?:\\w+ )?${CLOTHES} (?:off|down|away|up)`,
    `${AWAY} (?:all |the |any |off )*(?:\\w+ )?${CLOTHES} (?:of|from|off|on|that) (?:\\w+ )?(?:her|him|them|she|he|${WHOSE}|the ${PERSON})`,
    `${AWAY} (?:all |the |any |off )*(?:clothe?s|clothing) (?:of|from|in|on) ${PICTURE}`,
    `${SHOW} ${WHOSE} (?:\\w+ )?${CLOTHES} (?:\\w+ ){0,2}?(?:transparent|see thr(?:ough|u)|sheer|invisible|disappear|vanish|wet)`,
    `(?:see|look|x ?ray) (?:through|under|beneath) ${WHOSE} (?:\\w+ )?${CLOTHES}`,
    `${SHOW} (?:her|him|them|${WHOSE}|the ${PERSON}|(?:my|our) (?:\\w+ )?${RELATIVE}) (?:(?:in|into|to|wear|wearing|down|just|only|a|an|some|the|tiny|small|string|sexy|skimpy|nothing|but|\\w+) ){0,5}?${SKIMPY}`,
    `(?:bigger|larger|huge|massive|enlarge[ds]?) (?:${WHOSE} )?(?:boobs?|breasts?|tits|ass|butt)`,
    `${WHOSE} (?:boobs?|breasts?|tits|ass|butt|cleavage) (?:\\w+ ){0,2}?(?:bigger|larger|huge|visible|bare|exposed)`,
    'what (?:she|he|they) (?:look|looks) like (?:under|beneath|without)',
    `(?:whats|what is|show whats?) (?:under|beneath|underneath) ${WHOSE}`,
    `(?:get|take|help) (?:her|him|them) out of (?:\\w+ )?${CLOTHES}`,
    `expos(?:e|ing) ${WHOSE} (?:\\w+ )?(?:chest|breasts?|body|bra|underwear)`,
    `^(?:please |now )*${AWAY} (?:all |the |any )*(?:clothe?s|clothing)(?: please| now)?$`,
  ],
  abuse: [
    'child ?porn(?:ography)?|kiddie ?porn|child sexual abuse|csam|lolicon|shotacon|toddlercon|p[ae]{1,2}dophil(?:e|es|ia|ic)|underage (?:sex|nudes?|porn)',
  ],
};
