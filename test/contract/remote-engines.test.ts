import { OPENAI_KEY, remoteEngines } from '../support/engines/remote-engines.ts';
import { describeRemoteEngine } from './remote-engine.contract.ts';

describeRemoteEngine('openai-images', {
  answersAtOnce: true,
  key: OPENAI_KEY,
  start: (options) => remoteEngines.openai(options),
});
describeRemoteEngine('openai-images with addresses of pictures', {
  answersAtOnce: true,
  key: OPENAI_KEY,
  start: (options) => remoteEngines.openai(options, { answer: 'url' }),
});
describeRemoteEngine('gemini', {
  answersAtOnce: true,
  key: 'AIza-secret-key',
  start: (options) => remoteEngines.gemini(options),
});
describeRemoteEngine('comfyui', { answersAtOnce: false, start: (options) => remoteEngines.comfyui(options) });
