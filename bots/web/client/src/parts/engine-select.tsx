import type { EngineView } from '../../../protocol.ts';
import { type Texts, useTexts } from '../texts/texts.ts';
import { useEngines } from '../use-engines.ts';

interface EngineSelectProps {
  readonly label: string;
  /** Id of the engine; undefined: the default one. */
  readonly chosen: string | undefined;
  /** Images that go into the picture; engines that take fewer cannot be chosen. */
  readonly inputs: number;
  readonly onChoose: (engine: string) => void;
}

/** What makes the picture, with what one is thought to cost. Nothing where there is no choice. */
export function EngineSelect({ label, chosen, inputs, onChoose }: EngineSelectProps) {
  const texts = useTexts();
  const engines = useEngines();
  if (engines.length < 2) return null;
  const current = chosen ?? engines.find(({ isDefault }) => isDefault)?.id;
  return (
    <select
      class="tool engine-select"
      aria-label={label}
      value={current}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (value !== current) onChoose(value);
      }}
    >
      {engines.map((engine) => (
        <option
          key={engine.id}
          value={engine.id}
          title={engine.model}
          disabled={inputs > engine.maxImages && engine.id !== current}
        >
          {describe(texts, engine, inputs)}
        </option>
      ))}
    </select>
  );
}

function describe(texts: Texts, { id, maxImages, price }: EngineView, inputs: number): string {
  if (inputs > maxImages) return texts.say('engine.too-many', { engine: id, limit: maxImages });
  const amount = price === undefined ? 0 : price.perImage + inputs * price.perInput;
  if (price === undefined || amount === 0) return id;
  return texts.say('engine.cost', { engine: id, cost: texts.formatCost(amount, price.currency) });
}
