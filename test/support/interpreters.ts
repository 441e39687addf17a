import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { openInterpreter } from '../../cli/interpreter/open-interpreter.ts';
import { loadConfig } from '../../core/config.ts';
import type { Interpreter } from '../../core/ports.ts';
import { type FakeChatOptions, startFakeOpenAiChat } from './engines/fake-openai-chat.ts';
import { plainPicture } from './engines/paint.ts';
import { createMemoryLogger } from './fakes/logger.ts';
import { copyTinyModel } from './tiny-model.ts';

export const CHAT_KEY = 'sk-very-secret';

type Environment = Readonly<Record<string, string>>;

async function open(environment: Environment) {
  const opened = await openInterpreter(loadConfig(environment));
  const picture = { bytes: await plainPicture([200, 30, 30]), contentType: 'image/png' };
  // Whatever the images of a request are called, this is what they show.
  const blobs = { get: () => Promise.resolve(picture) };
  const logger = createMemoryLogger();
  const interpreter: Interpreter = opened.reading({ blobs, logger });
  return { opened, interpreter, logger };
}

/** What `EASEL_VLM=openai:…` reads with, on a server of this test. */
export async function servedInterpreter(answer: FakeChatOptions['answer'], environment: Environment = {}) {
  const fake = await startFakeOpenAiChat({ key: CHAT_KEY, answer });
  const chosen = await open({
    EASEL_VLM: 'openai:some-model',
    EASEL_VLM_BASE_URL: fake.baseUrl,
    EASEL_VLM_API_KEY: CHAT_KEY,
    EASEL_ALLOW_PRIVATE: 'true',
    ...environment,
  });
  return { ...chosen, fake, close: fake.stop };
}

/** What `EASEL_VLM=local` reads with, with this language model in the model folder. */
export async function localInterpreter(vlm: string) {
  const model = copyTinyModel('small');
  cpSync(vlm, join(model.folder, 'vlm'), { recursive: true });
  const chosen = await open({ EASEL_VLM: 'local', EASEL_MODEL: model.folder, EASEL_VLM_TIMEOUT: '600' });
  return {
    ...chosen,
    async close() {
      await chosen.opened.dispose();
      model.remove();
    },
  };
}
