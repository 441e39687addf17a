import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { EngineView } from '../../protocol.ts';
import { readEngines } from './api.ts';

/** What may make a picture here, the default first. */
type Engines = readonly EngineView[];

export const EnginesContext = createContext<Engines>([]);

export function useEngines(): Engines {
  return useContext(EnginesContext);
}

/** Ask the server once. Without an answer nothing is offered, and the default makes the pictures. */
export function useReadEngines(): Engines {
  const [engines, setEngines] = useState<Engines>([]);
  useEffect(() => {
    readEngines().then(
      (view) => setEngines(view.engines),
      () => setEngines([]),
    );
  }, []);
  return engines;
}
