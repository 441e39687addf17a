import type { Choice, ChoiceOption } from './content.ts';
import { lastRequest } from './conversation-words.ts';
import type { Conversation, ReadyImage, Turn } from './domain.ts';
import { type EngineRoute, type EngineSettings, engineOf, routesOf } from './engine-choice.ts';
import { costOf, formatCost } from './money.ts';
import { inputsOf } from './prompt.ts';
import type { Texts } from './texts/catalogue.ts';
import { isReading, type Reading } from './turn-changes.ts';

/** As many options as every platform shows. */
const MAX_OPTIONS = 25;

export interface ChoiceContext {
  readonly texts: Texts;
  readonly engines: EngineSettings;
}

/**
 * What may be chosen otherwise about the newest request, with one tap: the base, the references, the engine. Older requests
 * keep their buttons only, so that a long conversation does not fill with menus.
 */
export function choicesOf(document: Conversation, turn: Turn, context: ChoiceContext): readonly Choice[] {
  const reading = turn.interpretation;
  if (!isReading(reading) || turn.status === 'delivering' || lastRequest(document)?.id !== turn.id) return [];
  const route = routeOf(document, turn, context);
  const images = offeredImages(document, turn, reading);
  return [
    ...baseChoice(turn, reading, images, context),
    ...referencesChoice(turn, reading, images, { ...context, maxImages: route.maxImages }),
    ...engineChoice(turn, reading, route, context),
  ];
}

/** Images in use, then the newest others that were there before this turn's own results; by number. */
function offeredImages(document: Conversation, turn: Turn, reading: Reading): readonly ReadyImage[] {
  const used = inputsOf(reading);
  const ready = document.images.filter((image) => image.status === 'ready');
  const others = ready
    .filter(({ number, kind, turnId }) => !used.includes(number) && !(kind === 'result' && turnId === turn.id))
    .slice(-Math.max(1, MAX_OPTIONS - used.length));
  return ready.filter((image) => used.includes(image.number) || others.includes(image)).slice(-MAX_OPTIONS);
}

function baseChoice(
  turn: Turn,
  { mode, base }: Reading,
  images: readonly ReadyImage[],
  { texts }: ChoiceContext,
): readonly Choice[] {
  if (mode !== 'edit' || images.length < 2) return [];
  const options = images.map(
    (image): ChoiceOption => ({
      value: String(image.number),
      label: texts.say('choice.base.option', { number: image.number }),
      ...nameOf(image),
      isChosen: image.number === base,
    }),
  );
  return [{ kind: 'base', label: texts.say('choice.base', {}), turnId: turn.id, options, atLeast: 1, atMost: 1 }];
}

function referencesChoice(
  turn: Turn,
  { base, references }: Reading,
  images: readonly ReadyImage[],
  { texts, maxImages }: Pick<ChoiceContext, 'texts'> & Pick<EngineRoute, 'maxImages'>,
): readonly Choice[] {
  const options = images
    .filter(({ number }) => number !== base)
    .map(
      (image): ChoiceOption => ({
        value: String(image.number),
        label: texts.say('choice.references.option', { number: image.number }),
        ...nameOf(image),
        isChosen: references.includes(image.number),
      }),
    );
  const room = Math.max(maxImages - (base === null ? 0 : 1), references.length);
  const atMost = Math.min(options.length, room);
  if (atMost === 0) return [];
  return [
    { kind: 'references', label: texts.say('choice.references', {}), turnId: turn.id, options, atLeast: 0, atMost },
  ];
}

/** Engines that take as many images, and what each would charge. */
function engineChoice(
  turn: Turn,
  reading: Reading,
  chosen: EngineRoute,
  { texts, engines }: ChoiceContext,
): readonly Choice[] {
  const inputs = inputsOf(reading).length;
  const routes = routesOf(engines).filter(({ id, maxImages }) => id === chosen.id || inputs <= maxImages);
  if (routes.length < 2) return [];
  const options = routes.slice(0, MAX_OPTIONS).map(({ id, model, price }): ChoiceOption => {
    const cost = costOf(price, inputs);
    const facts = [
      ...(model === undefined ? [] : [model]),
      ...(cost === undefined ? [] : [texts.say('result.cost', { cost: formatCost(cost, texts.language) })]),
    ];
    return {
      value: id,
      label: texts.say('choice.engine.option', { engine: id }),
      ...(facts.length === 0 ? {} : { description: facts.join(' · ') }),
      isChosen: id === chosen.id,
    };
  });
  return [{ kind: 'engine', label: texts.say('choice.engine', {}), turnId: turn.id, options, atLeast: 1, atMost: 1 }];
}

/** Who makes the newest picture: after a failure another one than was chosen. */
function routeOf(document: Conversation, turn: Turn, { engines }: ChoiceContext): EngineRoute {
  const newest = turn.renders.at(-1)?.engine;
  return routesOf(engines).find(({ id }) => id === newest) ?? engineOf(document, turn, engines);
}

function nameOf({ name, kind, altText }: ReadyImage): Pick<ChoiceOption, 'description'> {
  const description = kind === 'result' ? altText : (name ?? altText);
  return description.trim() === '' ? {} : { description };
}
