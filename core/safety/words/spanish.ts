import type { PolicyWords } from '../policy-words.ts';

const CLOTHES =
  '(?:ropas?|vestido|camisa|camiseta|blusa|falda|pantalon(?:es)?|sujetador|brasier|bragas|bikini|ropa interior|prendas)';

export const SPANISH: PolicyWords = {
  match: 'words',
  harmless: [
    'pies? desnudos?|ojo desnudo|(?:arbol(?:es)?|ramas?|pared(?:es)?|cables?|suelo|roca) desnud[oa]s?|verdad desnuda',
    '(?:tonos?|labial(?:es)?|color(?:es)?|esmalte) nudes?',
    'educacion sexual|cromosomas? sexual(?:es)?|sexo (?:opuesto|femenino|masculino)',
  ],
  explicit: [
    'desnud[oa]s?|desnudez|en cueros|en pelotas|encuerad[oa]s?',
    'sin (?:su |la |sus |nada de )?(?:ropas?|sujetador|brasier|bragas)',
    'porno(?:graf\\w*)?|sexo|sexual(?:es)?|tetas|follando',
  ],
  suggestive: ['erotic[oa]s?|sensual(?:es)?|lenceria|provocativ[oa]s?'],
  minors: [
    'nin[oa]s?|bebes?|menor(?:es)?(?: de edad)?|adolescentes?|colegial(?:a|as|es)?|chiquill[oa]s?|infantil(?:es)?|(?:mi|su|tu) hij[oa]|hij[oa]s|escolar(?:es)?',
    '(?:[1-9]|1[0-7]) anos',
  ],
  youths: ['muchachit[oa]s?|jovencit[oa]s?'],
  people: [
    '(?:mi|mis|nuestr[oa]s?|su|sus|tu) (?:\\w+ )?(?:companer[oa]s?|colegas?|novi[oa]s?|ex|amig[oa]s?|vecin[oa]s?|espos[oa]|marido|mujer|jef[ea]|profesora?|maestr[oa]|herman[oa]|madre|prim[oa])',
    '(?:mujer(?:es)?|hombres?|personas?|chic[oa]s?|senora|tipo) (?:\\w+ ){0,2}?(?:de|en|del) (?:\\w+ )?(?:imagen|foto)',
    '(?:est[ae]|es[ae]) (?:\\w+ )?(?:mujer|hombre|persona|chic[oa]|senora|actriz)',
    'famos[oa]s?|celebridad(?:es)?|actriz|actrices|cantantes?|polític[oa]s?|politic[oa]s?|influencers?',
    '(?:haz|pon|muestra|deja|dibuja|vuelve|convierte)l[ao]s?',
    'a la (?:mujer|chica|senora)|al hombre',
    'ella (?:\\w+ ){0,3}?desnuda|el (?:\\w+ ){0,2}?desnudo',
  ],
  undressing: [
    'desnud(?:ala|alo|alas|alos|arla|arlo)|desnuda(?:r)? a (?:\\w+ )?\\w+|desviste(?:la|lo)?|desvestir(?:la|lo)?',
    `(?:quit|retir|elimin|borr|sac)\\w*(?:le|les|rle) (?:\\w+ ){0,2}?${CLOTHES}`,
    `(?:quit|retir|elimin|borr|sac)\\w* (?:toda )?(?:su|sus) (?:\\w+ )?${CLOTHES}`,
    `(?:quit|retir|elimin|borr|sac)\\w* (?:toda )?(?:la |el |las )?${CLOTHES} (?:a|de|del) (?:\\w+ )?(?:mujer|hombre|chic[oa]|persona|ella|mi|senora|companer[oa]|novi[oa]|amig[oa])`,
  ],
  abuse: ['pornografia infantil|porno infantil|pederast\\w*|pedofil\\w*'],
};
