import { AppError } from '../../../core/errors.ts';
import type { EngineDescription, EngineRequest, ImageEngine } from '../../../core/ports.ts';

export const memoryEngineDescription: EngineDescription = {
  id: 'memory',
  model: 'memory 1',
  licence: 'none',
  attribution: [],
  maxImages: 4,
  defaultSteps: 2,
  guidance: { kind: 'none', default: 1 },
  size: { multiple: 1, rule: 'free', native: [[8, 8]] },
  adapters: ['edit', 'generate'],
  seed: true,
  cancel: true,
  progress: true,
  previews: true,
  atOnce: 1,
};

/** An engine whose "picture" is the request itself, so that a test can read what reached it. */
export function createMemoryEngine(
  options: { readonly beforeStep?: (step: number, request: EngineRequest) => Promise<void> | void } = {},
) {
  const requests: EngineRequest[] = [];
  const failures: Error[] = [];
  const engine = {
    description: memoryEngineDescription,
    async render(request, { signal, onStep }) {
      requests.push(request);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      for (let step = 1; step <= 2; step += 1) {
        await options.beforeStep?.(step, request);
        if (signal.aborted) throw new AppError('CANCELLED', {});
        onStep?.({ step, steps: 2, ...(step === 1 ? { previewDataUrl: 'data:image/png;base64,AAAA' } : {}) });
      }
      const { images, ...rest } = request;
      const bytes = new TextEncoder().encode(JSON.stringify({ ...rest, images: images.length, run: requests.length }));
      return {
        images: [{ bytes, contentType: 'image/png', widthPx: 8, heightPx: 8 }],
        steps: 2,
        warnings: [],
        timingsMs: { total: 1 },
      };
    },
  } satisfies ImageEngine;
  return { ...engine, requests, failNext: (...errors: readonly Error[]) => failures.push(...errors) };
}
