import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runInProcess } from '../../support/easel-in-process.ts';
import { startFakeOpenAiImages } from '../../support/engines/fake-openai-images.ts';
import { plainPicture, stripesOf } from '../../support/engines/paint.ts';

let folder: string;
let output: string;
let files: readonly [string, string];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'easel-remote-'));
  output = join(folder, 'out.png');
  files = [join(folder, 'bag.png'), join(folder, 'dress.png')];
  await writeFile(files[0], await plainPicture([200, 30, 30]));
  await writeFile(files[1], await plainPicture([30, 30, 200]));
});
afterEach(() => rm(folder, { recursive: true }));

const SENTENCE = 'Give the bag in image 1 the pattern of the dress in image 2.';

describe('easel edit with an image server', () => {
  it('makes a picture with OpenAI’s images API from the environment alone', async () => {
    const fake = await startFakeOpenAiImages({ key: 'sk-secret' });
    try {
      const env = {
        EASEL_ENGINE: 'openai-images',
        OPENAI_BASE_URL: fake.baseUrl,
        OPENAI_API_KEY: 'sk-secret',
        EASEL_ALLOW_PRIVATE: 'true',
      };
      const said = await runInProcess(['edit', SENTENCE, ...files, '-o', output, '--json'], env);
      expect(said).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(said.stdout)).toMatchObject({
        engine: 'openai-images',
        model: 'gpt-image-2',
        base: 1,
        references: [2],
      });
      expect(await stripesOf(await readFile(output), 2)).toEqual([
        [200, 30, 30],
        [30, 30, 200],
      ]);
      expect(fake.calls).toHaveLength(1);
    } finally {
      await fake.stop();
    }
  });
});
