import { serveChild } from '../runtime/serve-child.ts';
import { createTextGeneration } from './generate-text.ts';
import { generationContract } from './generation-contract.ts';
import { loadVlm } from './load-vlm.ts';
import { openVlmFolder } from './open-vlm-folder.ts';

// The entry of the forked process that reads pictures and writes text.

serveChild(generationContract, async ({ folder, device, threads, cacheBytes, imageSizes }) => {
  const loaded = await loadVlm(openVlmFolder(folder), { device, threads });
  const generation = createTextGeneration(loaded, { cacheBytes, imageSizes });
  return (request, { signal, onProgress }) =>
    generation.generate(request, { signal, onText: (text) => onProgress({ text }) });
});
