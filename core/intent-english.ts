/**
 * The English of the rule interpretation, as data: words here, no decisions. Another language is another table.
 * Sources are regular-expression fragments, lower case, matched without case at word boundaries.
 */
export const ENGLISH = {
  language: 'en',
  noun: '(?:image|picture|photograph|photo|pic|img)',
  numberWords: { one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ordinals: {
    first: 1,
    '1st': 1,
    second: 2,
    '2nd': 2,
    third: 3,
    '3rd': 3,
    fourth: 4,
    '4th': 4,
    fifth: 5,
    '5th': 5,
    sixth: 6,
    '6th': 6,
    seventh: 7,
    '7th': 7,
    eighth: 8,
    '8th': 8,
    ninth: 9,
    '9th': 9,
    tenth: 10,
    '10th': 10,
  },
  /** A word that may follow a mention; after anything else "the second" or "this" belongs to a noun. */
  after:
    '(?:and|with|to|on|onto|in|into|from|for|as|like|but|of|by|using|together|please|so|over|behind|next|again|look|looks|be|is|are|has|have|gets|get|needs|take|put|use|should|instead|too|also|more|less|a|an|the|' +
    'red|orange|yellow|green|blue|purple|violet|pink|brown|black|white|gr[ae]y|gold|golden|silver|darker|brighter|lighter|bigger|smaller|larger|sharper|softer|warmer|cooler|colou?rful)',
  /** What stands before a bare "this" or "that" which means a picture. */
  beforeThis:
    '(?:make|turn|edit|change|crop|rotate|flip|tilt|mirror|paint|render|redo|give|transform|convert|use|take|put|add|blur|sharpen|brighten|darken|fix|restyle|recolou?r|' +
    'like|of|from|with|to|into|onto|in|on|and|as|for)',
  /** A question's "it" is no picture: "is it possible …". */
  beforeEmptyIt: '(?:is|can|could|would|does|will|was|let|that|if|when|whether)',
  /** All that a request may say beside an engine's name to mean the last one once more: "make it with gemini". */
  sameAgain:
    '(?:(?:and|now|please|pls|no|ok),?\\s+)*(?:(?:make|do|draw|paint|render|try)\\s+(?:it|this|that|one|the\\s+same)(?:\\s+again)?|try|(?:the\\s+)?same|this\\s+time)?',
  /** A thing named before "it": then "it" may be that thing, and the words stay as they are. */
  thing: '(?:a|an|the|my|his|her|its|their|your|some|this|that|these|those|two|three|four)\\s+[a-z]',
  /** A thing that is in a picture already. */
  knownThing: '(?:the|my|his|her|its|their|your|this|that|these|those)\\s+[a-z]',
  placing: '(?:add|put|place|insert|bring|paste|move|copy|apply|transfer|stick|drop|draw|paint)',
  into: '(?:to|onto|into|on|in|over|behind|beside|next\\s+to|in\\s+front\\s+of)',
  /** Says that the picture mentioned next lends something. */
  lends:
    '(?:from|like|off|as\\s+in|the\\s+way|same\\s+as|similar\\s+to|match(?:es|ing)?|using|with|based\\s+on|inspired\\s+by|taken\\s+from|' +
    '(?:style|pattern|print|design|colou?rs?|shade|palette|material|look|light|lighting|background|backdrop|texture|pose|shape|mood|font|angle|tilt|stripes|dots|spots|checks|stars|waves|zigzags|plaid)\\s+(?:of|in|from))',
  attribute:
    '(?:style|pattern|print|design|colou?rs?|shade|palette|material|look|light|lighting|background|backdrop|texture|pose|shape|mood|font|angle|stripes|dots|spots|checks|stars|waves|zigzags|plaid)',
  borrow: '(?:use|apply|take|copy|transfer|borrow)',
  destination: '(?:background|backdrop|style|pattern|colou?rs?|material|look|light|lighting|texture)',
  generate: [
    '^(?:an?\\s+|some)?(?:(?:brand\\s+)?new|fresh|another)\\s+(?:image|picture|pic|photo|drawing|painting|scene|poster)\\b',
    '^something\\s+new\\b',
    '(?:^|[,.;:!?]\\s*)(?:draw|paint|sketch|generate|imagine)\\s+(?:me|us)\\s+(?:a|an|another|some)\\s',
    '^(?:a|an)\\s+new\\s+',
    '^(?:a|an|another)\\s+(?:picture|image|photo|drawing|painting|illustration|poster|portrait|scene|sketch|sticker)\\s+(?:of|with|showing|in|like|where)\\b',
    '\\b(?:make|create|generate|draw|paint|sketch|design|imagine|render|illustrate|show|give)\\s+(?:me\\s+|us\\s+)?(?:a|an|another|some)\\s+(?:[a-z-]+\\s+){0,2}?' +
      '(?:picture|image|photo|drawing|painting|illustration|poster|portrait|scene|sketch|sticker|wallpaper|logo)\\b',
    '^(?:generate|imagine|create|design|illustrate|sketch|draw|paint|render)\\s+(?:me\\s+|us\\s+)?(?:a|an|another|some|two|three|four|\\d+)\\s',
    '^(?:generate|imagine|create|design|illustrate)\\s+the\\s',
    '^(?:make|show|give)\\s+(?:me|us)\\s+(?:a|an|another|some)\\s',
    '^(?:make|create)\\s+(?:a|an)\\s+(?!(?:bit|little)\\b)',
    '^(?:a|an)\\s+(?!(?:bit|little|lot|touch|tad|version|copy|variation|different|more|less|[a-z]+er)\\b)[a-z]',
  ],
  /** Words at the start of a generation that are an order and not part of what the picture shows. */
  generateLead:
    '^(?:make|create|generate|draw|paint|sketch|design|imagine|render|illustrate|show|give)\\s+(?:me\\s+|us\\s+)?(?=(?:a|an|another|some|the|two|three|four|\\d+)\\s)',
  generateFrame: '^(?:a|an|another|some)\\s+(?:new\\s+)?(?:picture|image|photo)\\s+(?:of|with|showing)\\s+',
  edit: [
    '\\b(?:version|copy|variation|variant)s?\\s+of\\b',
    '\\b(?:draw|paint|sketch|add|put|write)\\b[^.;]*\\b(?:on|onto|in|into|over|to|behind)\\s+\\u0001',
  ],
  editVerb:
    '\\b(?:change|replace|remove|add|put|place|insert|give|tilt|flip|rotate|mirror|turn|make|recolou?r|colou?r|crop|blur|sharpen|brighten|darken|lighten|enhance|fix|apply|transfer|move|delete|erase|' +
    'extend|swap|edit|adjust|transform|convert|restyle|keep|set|use|take|combine|merge|blend|straighten|clean|restore|upscale|cut|paint|draw|write|paste|copy|zoom|shift|resize|enlarge|shrink|lower|raise|increase|decrease|reduce)\\b',
  together: '\\b(?:combine|merge|blend|mix|together|all|both|them|these|those|each)\\b',
  earlier: '\\b(?:earlier|original|previous|before|old|first)\\b',
  keep: '\\bkeep(?:ing)?\\s+([^.,;]+)',
  shapes: { square: '1:1', landscape: '3:2', portrait: '2:3', widescreen: '16:9', panorama: '2:1' },
  shapeNoun: '(?:format|image|picture|photo|aspect|orientation|crop|mode)',
  /** Before an image that is not meant. */
  excludes: '(?:ignore|forget|skip|except|without|not)',
  /** Words that decide, for the spelling: a word that is nearly one of them and none of them is taken for it. */
  keywords:
    'image images picture pictures photo photos background backdrop pattern patterns style styles color colors colour colours replace remove change ' +
    'second third first last original attachment instead without previous result generate create',
  /** Nearly a keyword, and a word of its own. */
  notKeywords:
    'charge chance chang orange creator created creates replaced replaces removed removes changed changes styled stylish patterned colored coloured pictured results seconds thirds lasts originals attachments collar cooler colder firsts photon stale fist',
  /** What was said before is put right by what follows. */
  corrects: '(?:no\\s+wait|wait\\s+no|wait|no|nope|sorry|oops|actually|scratch\\s+that|i\\s+mean|i\\s+meant)',
  otherOne: '(?:to\\s+|on\\s+)?the\\s+other\\s+(?:one|image|picture|photo|pic)',
  otherWay: '(?:the\\s+)?other\\s+way\\s+(?:a?round)|vice\\s+versa|(?:in\\s+)?reversed?',
  /** "the color too": the references of the request before lend this as well. */
  also: '(?:too|also|as\\s+well)',
  /** Asks to know something, not to see something. */
  question:
    '^(?:what(?!\\s+(?:about|if)\\b)|who|where|when|why|which|how(?!\\s+about\\b)|are\\s+you|do\\s+you|did\\s+you|is\\s+(?:it|this|that|there))\\b',
  praise:
    '\\b(?:thanks|thank\\s+you|thx|perfect|great|awesome|amazing|love\\s+it|looks?\\s+(?:good|nice|cool)|so\\s+(?:good|cool|cute))\\b',
  wish: '\\b(?:would|could|should|can|please|pls|but|now|want|need)\\b',
  greeting:
    '^(?:hi|hello|hey|thanks|thank you|thx|ok|okay|cool|nice|great|good|perfect|wow|lol|yes|no)(?:\\s+(?:there|easel|you|so much|a lot|job|one|work))*$',
} as const;
