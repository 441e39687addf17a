import { useCallback, useEffect, useState } from 'preact/hooks';
import type { SamplesView } from '../../protocol.ts';
import { downloadSample, readSamples } from './api.ts';

export interface SamplesHandle {
  readonly view: SamplesView;
  /** The samples of these names as files, in this order; unknown names are left out. */
  load(names: readonly string[]): Promise<readonly File[]>;
}

const NONE: SamplesView = { samples: [], examples: [] };

/** The pictures to start with. Without them the page works all the same. */
export function useSamples(): SamplesHandle {
  const [view, setView] = useState(NONE);
  useEffect(() => {
    readSamples().then(setView, () => setView(NONE));
  }, []);

  const load = useCallback(
    (names: readonly string[]): Promise<readonly File[]> => {
      const found = names.flatMap((name) => view.samples.find((each) => each.name === name) ?? []);
      return Promise.all(found.map(({ name, url }) => downloadSample(name, url)));
    },
    [view],
  );
  return { view, load };
}
