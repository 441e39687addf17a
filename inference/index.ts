// The only barrel of the repository: what the other folders may use of inference.
export {
  createEngine,
  type EngineOptions,
  type RemoteEngineOptions,
  remoteEngineSchema,
} from './engines/create-engine.ts';
export type {
  Engine,
  EngineDescription,
  EngineRenderOptions,
  EngineResult,
  EngineStep,
} from './engines/engine.ts';
export type { ImageRequest, ImageResult } from './engines/image-request.ts';
export {
  createLocalEngine,
  type LocalEngine,
  type LocalEngineOptions,
} from './engines/local.ts';
export { type KnownModel, knownModel } from './engines/remote/known-models.ts';
export {
  type RenderModelOptions,
  type RenderModelRequest,
  type RenderModelResult,
  renderModel,
} from './engines/render-model.ts';
export {
  fromWire,
  INFERENCE_ERROR_CODES,
  InferenceError,
  type InferenceErrorCode,
  isInferenceError,
  toWire,
} from './errors.ts';
export { DEFAULT_IMAGE_LIMITS, decodeImage, type ImageLimits } from './image/decode.ts';
export { encodePng } from './image/encode.ts';
export { type NormalisedImage, type NormaliseImageOptions, normaliseImage } from './image/normalise.ts';
export type { Picture, Size } from './image/picture.ts';
export { type ShrunkImage, shrinkImage } from './image/shrink.ts';
export { type ReadableFormat, type SniffedFormat, sniffFormat } from './image/sniff.ts';
export { checkModelFolder, type ModelFinding } from './model-folder/check-model-folder.ts';
export { manifestSchema } from './model-folder/manifest.ts';
export { type ModelFolder, openModelFolder } from './model-folder/open-model-folder.ts';
export { type OnnxFileOptions, openOnnxFile } from './runtime/open-onnx-file.ts';
export type { PictureScores } from './safety/classifier-contract.ts';
export {
  createPictureClassifier,
  type PictureClassifier,
  type PictureClassifierOptions,
} from './safety/picture-classifier.ts';
export type { GenerationRequest, GenerationResult } from './vlm/generation-contract.ts';
export type { ChatMessage } from './vlm/messages.ts';
export {
  createVisionLanguageModel,
  type GenerateTextOptions,
  type VisionLanguageModel,
  type VisionLanguageModelOptions,
} from './vlm/vision-language-model.ts';
