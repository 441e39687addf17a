import type { PolicyWords } from '../policy-words.ts';

const WHO =
  '(?:sie|ihn|die frau|den mann|die person|das madchen|den jungen|die leute|(?:meine?n?|unsere?n?) (?:\\w+ )?\\w+)';
const CLOTHES =
  '(?:kleidung|kleider|klamotten|anziehsachen|kleid|bh|bluse|hemd|shirt|t ?shirt|oberteil|hose|rock|unterwasche|unterhose|slip|bikini|badeanzug)';

export const GERMAN: PolicyWords = {
  match: 'words',
  harmless: [
    'nackt(?:schnecken?|mulle?|samer|saat)',
    'nackte[rnms]? (?:wand|wande|baume?|aste?|beton|boden|fels(?:en)?|gluhbirnen?|fusse?|hande?)',
    'mit (?:blossem|nacktem) auge',
    'nude ?(?:tone?n?|farben(?:e[rnms]?)?|lippenstift)',
    'geschlechtschromosomen',
  ],
  explicit: [
    'nackt(?:e[rnms]?|heit)?|splitter(?:faser)? ?nackt|nackt(?:bild(?:er)?|fotos?|aufnahmen?)|aktfotos?|hullenlos|oben ohne|unbekleidet(?:e[rnms]?)?|entblosst(?:e[rnms]?)?',
    'ohne (?:ihre |seine |jede )?(?:kleidung|kleider|klamotten|bh|unterwasche)',
    'pornos?|porno(?:grafie|grafisch|bild(?:er)?)(?:e[rnms]?)?|sexuell(?:e[rnms]?)?|sexbild(?:er)?|titten|fick(?:en|t)',
  ],
  suggestive: ['erotisch(?:e[rnms]?)?|aufreizend(?:e[rnms]?)?|lasziv(?:e[rnms]?)?|reizwasche|dessous|unterwasche'],
  minors: [
    'kind(?:er|ern|es|lich\\w*)?|kleinkind(?:er)?|babys?|sauglinge?|minderjahrig(?:e[rnms]?)?|teenagerin|madchen|maedchen|kleine[rn]? jungen?|schulmadchen|schuler(?:in|innen)?|tochter|kita',
    '(?:[1-9]|1[0-7]) ?jahrige[rnms]?|(?:[1-9]|1[0-7]) jahre alt',
  ],
  youths: [],
  people: [
    '(?:meine?|unsere?|deine?|seine?|ihre?|eure?)[rnms]? (?:\\w+ )?(?:kolleg(?:e|en|in|innen)|chef(?:in)?|freund(?:in|e|innen)?|ex(?:freundin|freund)?|frau|mann|nachbar(?:n|in)?|lehrer(?:in)?|mutter|schwester|bruder|mitschuler(?:in)?|mitbewohner(?:in)?|cousine|schwarm|bekannten?)',
    '(?:frau|mann|person|dame|leute|menschen|frauen) (?:\\w+ ){0,2}?(?:in|auf|aus|im|vom|von) (?:\\w+ )?(?:bild|foto)',
    '(?:diese[rnms]?|jene[rnms]?) (?:\\w+ )?(?:frau|mann|person|dame)',
    'promis?|prominenten?|schauspielerin(?:nen)?|schauspieler|influencerin|politikerin|politiker',
    '(?:mach|mache|zeig|zeige|stell|stelle|mal|male|zeichne) (?:\\w+ ){0,2}?(?:sie|ihn|die frau|den mann|die person|die dame)',
    '(?:sie|ihn) (?:\\w+ ){0,3}?nackt',
  ],
  undressing: [
    `zieh(?:e|t|en)? ${WHO} (?:\\w+ ){0,4}?aus`,
    `${WHO} (?:\\w+ ){0,3}?(?:ausziehen|entkleiden|entblossen)`,
    `(?:entkleide|entblosse) ${WHO}`,
    `(?:entfern|losch|nimm|zieh|mach)\\w* (?:\\w+ ){0,2}?(?:ihre?[nm]?|seine?[nm]?|deren) (?:\\w+ )?${CLOTHES}`,
    `(?:entfern|losch|nimm|zieh)\\w* (?:\\w+ ){0,2}?${CLOTHES} (?:\\w+ )?(?:der frau|des mannes|der person|von ihr|von ihm|meiner?s?)`,
  ],
  abuse: ['kinderpornos?|kinderpornograf\\w+|padophil\\w*'],
};
