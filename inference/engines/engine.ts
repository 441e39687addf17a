import type { ImageRequest, ImageResult } from './image-request.ts';

/** What an engine really has, known without asking it anything. What it lacks is said to people, not faked. */
export interface EngineDescription {
  /** Slug [a-z0-9-]. */
  readonly id: string;
  /** Name and version of the model. */
  readonly model: string;
  /** The licence of its pictures or weights, in words for people. */
  readonly licence: string;
  readonly attribution: readonly string[];
  /** Images per render, base included. */
  readonly maxImages: number;
  /** Denoising steps when nobody asks for a number; null: the engine has none that can be chosen. */
  readonly defaultSteps: number | null;
  readonly guidance: { readonly kind: 'distilled' | 'true-cfg' | 'none'; readonly default: number };
  /** `native`, `kontext`: see image/size-rule.ts. `free`: any multiple. `listed`: one of `native`, the nearest by aspect.
   * `unknown`: whatever the server makes. */
  readonly size: {
    readonly multiple: number;
    readonly rule: 'native' | 'kontext' | 'free' | 'listed' | 'unknown';
    readonly native: readonly (readonly [number, number])[];
  };
  /** Beside `none`. */
  readonly adapters: readonly string[];
  /** Whether the same request and seed give the same picture. */
  readonly seed: boolean;
  /** Whether cancelling ends the work; without it we only stop waiting, and a paid server may charge. */
  readonly cancel: boolean;
  /** Whether steps are told while it works, and whether some bring a preview. */
  readonly progress: boolean;
  readonly previews: boolean;
  /** Renders that it works on at the same time; more would only wait there. */
  readonly atOnce: number;
}

export interface EngineStep {
  /** Denoising steps done, 1..steps. */
  readonly step: number;
  readonly steps: number;
  /** A small JPEG or PNG as data URL; some steps have one. */
  readonly previewDataUrl?: string;
}

export interface EngineRenderOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after each step; what it throws is ignored. */
  readonly onStep?: ((step: EngineStep) => void) | undefined;
}

/** One PNG, and how it was made. `steps` is absent where the engine does not say. */
export type EngineResult = Omit<ImageResult, 'adapter' | 'steps'> & { readonly steps?: number };

/** Whatever turns a request into a picture. */
export interface Engine {
  readonly description: EngineDescription;
  /** @throws {InferenceError} INPUT_INVALID (request, too many images), CANCELLED after an abort, and for a local engine
   * what `createLocalEngine` says, for a remote one ENGINE_UNAVAILABLE, ENGINE_BUSY, ENGINE_QUOTA, ENGINE_MISCONFIGURED,
   * ENGINE_FAILED, PROMPT_BLOCKED, RESULT_BLOCKED. */
  render(request: ImageRequest, options?: EngineRenderOptions): Promise<EngineResult>;
  /** Open the model, or ask the server whether it answers: nothing that costs. @throws {InferenceError} */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}
