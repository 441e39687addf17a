import type { ImageView, LineageView, TurnView } from '../../../protocol.ts';
import { type Texts, useTexts } from '../texts/texts.ts';

interface DetailsProps {
  readonly id: string;
  readonly turn: TurnView;
  readonly image: ImageView;
  readonly lineage: LineageView;
}

/** How a result was made, for whoever wants to know or repeat it. */
export function Details({ id, turn, image, lineage }: DetailsProps) {
  const texts = useTexts();
  return (
    <dl class="details" id={id}>
      {rowsOf(texts, turn, image, lineage).map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function rowsOf(
  texts: Texts,
  turn: TurnView,
  image: ImageView,
  lineage: LineageView,
): readonly (readonly [string, string])[] {
  const sources = [...(lineage.base === null ? [] : [lineage.base]), ...lineage.references];
  const { widthPx: width, heightPx: height } = image;
  const timings = Object.entries(lineage.timingsMs)
    .map(([stage, ms]) => texts.say('details.timing', { stage, seconds: texts.formatSeconds(ms) }))
    .join(' · ');
  return [
    [texts.say('details.instruction'), lineage.instruction],
    ...(lineage.prompt === lineage.instruction ? [] : [[texts.say('details.prompt'), lineage.prompt] as const]),
    [texts.say('details.mode'), texts.say(`details.mode.${lineage.mode}`)],
    [
      texts.say('details.sources'),
      sources.map((number) => texts.say('card.mention', { number })).join(' + ') || texts.say('details.none'),
    ],
    [texts.say('details.seed'), String(lineage.seed)],
    ...(lineage.steps === undefined ? [] : [[texts.say('details.steps'), String(lineage.steps)] as const]),
    ...(width === undefined || height === undefined
      ? []
      : [[texts.say('details.size'), texts.say('details.size.value', { width, height })] as const]),
    [texts.say('details.model'), `${lineage.model} (${lineage.engine})`],
    [texts.say('details.adapter'), lineage.adapter],
    ...(timings === '' ? [] : [[texts.say('details.timings'), timings] as const]),
    ...(lineage.warnings.length === 0 ? [] : [[texts.say('details.warnings'), lineage.warnings.join(' ')] as const]),
    [texts.say('details.reference'), turn.reference],
  ];
}
