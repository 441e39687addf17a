import type { PolicyWords } from '../policy-words.ts';

const CLOTHES =
  '(?:vetements?|habits|fringues|robe|soutien gorge|culotte|chemise|chemisier|jupe|haut|pantalon|maillot|bikini|t ?shirt|sous vetements)';
const AWAY = '(?:enlev|retir|ot|supprim|effac|arrach)\\w*';

export const FRENCH: PolicyWords = {
  match: 'words',
  harmless: [
    '(?:pieds?|tete|mains?|torse|bras|jambes?) nue?s?',
    'l? ?(?:oeil|yeux) nus?',
    'nu (?:metal|jazz|disco|soul)',
    '(?:arbres?|branches?|murs?|sols?|fils?) (?:de)?nue?s?',
    '(?:rouge a levres|teintes?|tons?|vernis|couleurs?) nudes?',
    'mise? a nu',
  ],
  explicit: [
    'nue?s?|nudite|deshabillee?s?|denudee?s?|a poil|seins nus',
    'sans (?:ses |aucun |de |leurs )?(?:vetements?|habits|soutien gorge|culotte)',
    'porno(?:graphi\\w*)?s?|sexe|sexuel(?:le)?s?|baise',
  ],
  suggestive: ['erotiques?|sensuel(?:le)?s?|provocante?s?|lascive?s?'],
  minors: [
    'enfants?|gamine?s?|gosses?|bebes?|fillettes?|garconnets?|petite?s? (?:filles?|garcons?)|ados?|adolescente?s?|mineure?s?|ecolieres?|ecoliers?|lyceenne?s?|lyceens?|collegienne?s?|collegiens?|ma fille|mon fils',
    '(?:[1-9]|1[0-7]) ans',
  ],
  youths: ['jeunes? filles?'],
  people: [
    '(?:ma|mon|mes|notre|nos|sa|son|ses|ta|ton) (?:\\w+ )?(?:collegues?|copines?|copains?|ex|amie?s?|voisine?s?|femme|mari|patronne?|cheffe?|profs?|professeure?|soeur|mere|frere|camarade|belle mere|cousine?)',
    '(?:femmes?|hommes?|personnes?|filles?|mecs?|dames?) (?:\\w+ ){0,2}?(?:dans|sur|de) (?:\\w+ )?(?:limage|images?|photos?|la photo)',
    '(?:cette|ce|cet) (?:\\w+ )?(?:femme|homme|personne|fille|dame|actrice)',
    'celebrites?|actrices?|acteurs?|chanteuses?|influenceuses?|politicienne?s?|stars?',
    '(?:rend|met|montr|dessin|fai)\\w* (?:la|le|les)',
    'elle (?:\\w+ ){0,3}?nue|lui (?:\\w+ ){0,3}?nu',
  ],
  undressing: [
    'deshabill(?:e|es|ez|er|ons) (?:\\w+ ){0,2}?(?:la|le|les|elle|femme|homme|fille|personne|ma|mon|mes|cette|ce|limage|image|photo)',
    `${AWAY} (?:lui |leur )?(?:\\w+ ){0,1}?(?:ses|son|sa|leurs?) (?:\\w+ )?${CLOTHES}`,
    `${AWAY} (?:tous )?(?:les|la|le|l) (?:\\w+ )?${CLOTHES} (?:de|d|a|du) (?:\\w+ )?(?:femme|homme|fille|personne|dame|elle|ma|mon|mes|cette)`,
  ],
  abuse: ['pedoporno\\w*|pedophil\\w*'],
};
