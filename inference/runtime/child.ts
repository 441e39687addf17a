import { renderRequest } from '../engines/render-request.ts';
import { openModelFolder } from '../model-folder/open-model-folder.ts';
import { loadModel } from '../pipelines/load-model.ts';
import { createRenderPipeline } from '../pipelines/render.ts';
import { renderContract } from './render-contract.ts';
import { serveChild } from './serve-child.ts';

// The entry of the forked process that makes pictures.

serveChild(renderContract, async ({ modelFolder, device, threads, cacheBytes }) => {
  const model = openModelFolder(modelFolder);
  const loaded = await loadModel(model, { device, threads });
  const pipeline = createRenderPipeline(loaded, { cacheBytes });
  return ({ image, previews }, { signal, onProgress }) =>
    renderRequest(model, pipeline, image, { signal, previews, onStep: onProgress });
});
