import type { PolicyWords } from '../policy-words.ts';

const CLOTHES = '(?:roupas?|vestido|blusa|camisa|camiseta|saia|calcas?|sutia|calcinha|biquini|roupa intima|lingerie)';
const AWAY = '(?:tir|remov|retir|apag|arranc)\\w*';

export const PORTUGUESE: PolicyWords = {
  match: 'words',
  harmless: [
    'pes? (?:nus?|descalcos?)|olho nu|nu metal|(?:arvores?|galhos?|paredes?|fios?) nu[as]?s?',
    '(?:tons?|batom|cor|cores|esmalte) nudes?',
    'educacao sexual|sexo (?:oposto|feminino|masculino)',
  ],
  explicit: [
    'nu|nua|nus|nuas|nudez|nudes|pelad[oa]s?|despid[oa]s?',
    'sem (?:a |as |sua |suas |nenhuma )?(?:roupas?|sutia|calcinha)',
    'porno(?:graf\\w*)?|sexo|sexual|sexuais|peitos',
  ],
  suggestive: ['erotic[oa]s?|sensual|sensuais|provocantes?'],
  minors: [
    'criancas?|menin[oa]s?|bebes?|menor(?:es)? de idade|adolescentes?|garotinh[oa]s?|(?:minha|meu|sua|seu) filh[oa]|filh[oa]s|infantil|infantis',
    '(?:[1-9]|1[0-7]) anos',
  ],
  youths: ['garot[oa]s?'],
  people: [
    '(?:minhas?|meus?|nossas?|nosso|suas?|seu) (?:\\w+ )?(?:colegas?|namorad[oa]|ex|amig[oa]s?|vizinh[oa]s?|espos[oa]|marido|mulher|chefe|professora?|irma|irmao|mae|prim[oa])',
    '(?:mulher(?:es)?|homem|homens|pessoas?|moc[oa]s?|garot[oa]s?) (?:\\w+ ){0,2}?(?:da|na|de|em|do) (?:\\w+ )?(?:imagem|foto)',
    '(?:ess[ae]|est[ae]) (?:\\w+ )?(?:mulher|homem|pessoa|moca|garota)',
    'celebridades?|famos[oa]s?|atriz|atrizes|cantoras?|influenciadoras?',
    '(?:deix|fac|faz|coloc|mostr|transform)\\w* (?:ela|ele|a mulher|o homem|a moca|a pessoa)',
    'ela (?:\\w+ ){0,3}?(?:nua|pelada)|ele (?:\\w+ ){0,3}?(?:nu|pelado)',
  ],
  undressing: [
    '(?:dispa|despir|dispam|desnude|desnudar) (?:a|o|ela|ele|essa|esta|minha|meu)',
    `${AWAY} (?:toda )?(?:a |as |o |os )?(?:\\w+ )?${CLOTHES} (?:dela|dele|delas|deles|d[aeo] (?:\\w+ )?(?:mulher|moca|garota|pessoa|homem|minha|meu|menin[oa]|colega|amiga|namorada))`,
    `${AWAY} (?:sua|suas|seu) (?:\\w+ )?${CLOTHES}`,
  ],
  abuse: ['pornografia infantil|pedofil\\w*'],
};
