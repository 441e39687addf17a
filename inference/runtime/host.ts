import type { ImageRequest, ImageResult } from '../engines/image-request.ts';
import type { RequestStep } from '../engines/render-request.ts';
import type { ChildOptions } from './child-connection.ts';
import { type ChildHost, createChildHost } from './child-host.ts';
import { type RenderSettings, renderContract } from './render-contract.ts';

interface InferenceHostOptions extends Omit<ChildOptions<RenderSettings>, 'settings'> {
  /** What the process opens. */
  readonly start: RenderSettings;
}

interface RenderCall {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: RequestStep) => void) | undefined;
  readonly previews: boolean;
}

/** The process that makes pictures. */
export interface InferenceHost extends Omit<ChildHost<unknown, unknown, unknown>, 'call'> {
  /** Renders wait for each other, in order.
   * @throws {InferenceError} what `ChildHost.call` says. */
  render(request: ImageRequest, call: RenderCall): Promise<ImageResult>;
}

export function createInferenceHost({ start, ...options }: InferenceHostOptions): InferenceHost {
  const kind = { contract: renderContract, entry: new URL('child', import.meta.url) };
  const { call, ...host } = createChildHost(kind, { settings: start, ...options });
  return {
    ...host,
    render: (image, { signal, previews, onStep }) =>
      call(
        { image, previews },
        { signal, onProgress: ({ step, steps, preview }) => onStep?.({ step, steps, ...(preview && { preview }) }) },
      ),
  };
}
