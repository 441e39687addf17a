import { createEngine } from '../../inference/index.ts';
import { remoteEngines } from '../support/engines/remote-engines.ts';
import { tinyModel } from '../support/tiny-model.ts';
import { describeEngine } from './engine.contract.ts';

describeEngine('local', () =>
  Promise.resolve({
    engine: createEngine({ kind: 'local', modelFolder: tinyModel('small'), threads: 1 }),
    stop: () => Promise.resolve(),
  }),
);
describeEngine('openai-images', () => remoteEngines.openai());
describeEngine('openai-images with a seed and files by another name', () =>
  remoteEngines.openai(
    { fields: { seed: 'seed' }, images: 'image', size: { rule: 'listed', sizes: [[1024, 1024]] } },
    { seed: true },
  ),
);
describeEngine('openai-images with addresses of pictures', () => remoteEngines.openai({}, { answer: 'url' }));
describeEngine('openai-images with references in JSON', () =>
  remoteEngines.openai({ images: 'ref_images' }, { refImages: true }),
);
describeEngine('gemini', () => remoteEngines.gemini());
describeEngine('comfyui', () => remoteEngines.comfyui());
