import { AppError } from '../errors.ts';
import type { EngineStep, SafetyFilter } from '../ports.ts';
import type { RenderRequest } from '../render.ts';

interface Checking {
  readonly signal: AbortSignal;
}

/** What stands before and behind an engine. */
export interface RenderGuard {
  /** Before anything is counted or asked. @throws AppError POLICY_REFUSED, IMAGE_REFUSED, SAFETY_UNAVAILABLE */
  requireRequest(
    request: Pick<RenderRequest, 'prompt' | 'inputs'>,
    images: readonly Uint8Array[],
    checking: Checking,
  ): Promise<void>;
  /** Before a picture is stored anywhere. @throws AppError RESULT_REFUSED, SAFETY_UNAVAILABLE */
  requireResult(image: Uint8Array, checking: Checking): Promise<void>;
  /** The step without a preview that may not be shown, or could not be checked. */
  shownStep(step: EngineStep, checking: Checking): Promise<EngineStep>;
}

/** @param safety absent: nothing is checked. */
export function createRenderGuard(safety: SafetyFilter | undefined): RenderGuard {
  return {
    async requireRequest({ prompt, inputs }, images, { signal }) {
      const verdict = await safety?.checkPrompt(prompt, { signal });
      if (verdict?.verdict === 'refuse') throw new AppError('POLICY_REFUSED', { category: verdict.category });
      for (const [index, image] of images.entries()) {
        const seen = await safety?.checkImage(image, { signal });
        if (seen?.verdict !== 'refuse') continue;
        throw new AppError('IMAGE_REFUSED', { number: inputs[index]?.number ?? index + 1, category: seen.category });
      }
    },

    async requireResult(image, { signal }) {
      const seen = await safety?.checkImage(image, { signal });
      if (seen?.verdict === 'refuse') throw new AppError('RESULT_REFUSED', { category: seen.category });
    },

    async shownStep(step, { signal }) {
      const { previewDataUrl, ...rest } = step;
      if (safety === undefined || previewDataUrl === undefined) return step;
      try {
        const seen = await safety.checkImage(bytesOfDataUrl(previewDataUrl), { signal });
        return seen.verdict === 'ok' ? step : rest;
      } catch {
        // The picture itself is checked again and says what is wrong; a preview is only left out.
        return rest;
      }
    },
  };
}

function bytesOfDataUrl(url: string): Uint8Array {
  return new Uint8Array(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}
