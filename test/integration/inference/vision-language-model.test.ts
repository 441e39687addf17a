import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ChatMessage,
  createVisionLanguageModel,
  type GenerationRequest,
  type VisionLanguageModel,
} from '../../../inference/index.ts';
import { copyTinyVlm, tinyVlm, vlmGolden, vlmImage } from '../../support/tiny-vlm.ts';

const START_MS = 60_000;

const golden = vlmGolden('flat', 'two');
const request: GenerationRequest = {
  messages: golden.messages,
  images: golden.images.map(vlmImage),
  maxNewTokens: 64,
};
const hello: readonly ChatMessage[] = [{ role: 'user', content: 'Hello' }];

/** Longer than any test waits for. */
const ENDLESS = { maxNewTokens: 1500 } as const;

describe('createVisionLanguageModel', () => {
  let model: VisionLanguageModel;
  beforeAll(async () => {
    model = createVisionLanguageModel(tinyVlm('flat'), { threads: 1 });
    await model.ready();
  }, START_MS);
  afterAll(() => model.dispose());

  it('answers as the reference does, piece by piece', async () => {
    const pieces: string[] = [];
    const result = await model.generate(request, { onText: (text) => pieces.push(text) });
    expect(result).toMatchObject({ text: golden.text, finishReason: 'length', promptTokens: 159, newTokens: 64 });
    expect(pieces.join('')).toBe(golden.text);
    expect(pieces.length).toBeGreaterThan(8);
    expect(Object.keys(result.timingsMs)).toEqual(['images', 'prompt', 'text', 'total']);
  });

  it('tells its pictures apart: reversed, they get another answer', async () => {
    const reversed = await model.generate({ ...request, images: [...request.images].reverse() });
    expect(reversed.promptTokens).toBe(159);
    expect(reversed.text).not.toBe(golden.text);
  });

  it('repeats itself less with a penalty', async () => {
    const free = await model.generate({ messages: hello, images: [], maxNewTokens: 64, repetitionPenalty: 1 });
    const penalised = await model.generate({ messages: hello, images: [], maxNewTokens: 64, repetitionPenalty: 3 });
    const distinct = (text: string) => new Set(text).size;
    expect(distinct(penalised.text)).toBeGreaterThan(distinct(free.text));
  });

  it.each([
    ['more pictures than the messages show', { images: [...request.images, ...request.images] }],
    ['fewer pictures than the messages show', { images: [] }],
    ['no message', { messages: [] }],
    ['an answer of no token', { maxNewTokens: 0 }],
    ['more tokens than the model reads', { maxNewTokens: 2000 }],
  ])('refuses %s', async (_what, change) => {
    await expect(model.generate({ ...request, ...change })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  });

  it('says that a picture cannot be read and goes on', async () => {
    const [first = new Uint8Array(), second = new Uint8Array()] = request.images;
    const damaged = second.subarray(0, second.length / 2);
    await expect(model.generate({ ...request, images: [first, damaged] })).rejects.toMatchObject({
      code: 'INPUT_UNSUPPORTED_IMAGE',
    });
    expect((await model.generate({ ...request, maxNewTokens: 1 })).newTokens).toBe(1);
  });

  it('stops between tokens when cancelled and keeps its process', async () => {
    const pid = model.pid();
    const controller = new AbortController();
    let pieces = 0;
    const cancelled = model.generate(
      { ...request, ...ENDLESS },
      {
        signal: controller.signal,
        onText: () => {
          pieces += 1;
          controller.abort();
        },
      },
    );
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(pieces).toBeLessThan(500);
    expect((await model.generate(request)).text).toBe(golden.text);
    expect(model.pid()).toBe(pid);
  });

  it('goes on when a listener throws', async () => {
    const result = await model.generate(request, {
      onText: () => {
        throw new Error('listener');
      },
    });
    expect(result.text).toBe(golden.text);
  });

  it(
    'makes a new process after the old one was killed in the middle of an answer',
    async () => {
      const pid = model.pid() ?? 0;
      let isKilled = false;
      const killed = model.generate(
        { ...request, ...ENDLESS },
        {
          onText: () => {
            if (!isKilled) process.kill(pid, 'SIGKILL');
            isKilled = true;
          },
        },
      );
      await expect(killed).rejects.toMatchObject({ code: 'INFERENCE_CHILD_DIED', details: { signal: 'SIGKILL' } });
      expect((await model.generate(request)).text).toBe(golden.text);
      expect(model.pid()).not.toBe(pid);
    },
    START_MS,
  );
});

describe('the end of an answer', () => {
  it(
    'is any of the tokens that the folder names, and is not part of the text',
    async () => {
      const copy = copyTinyVlm('flat');
      const last = golden.newIds[20] ?? -1;
      const end = golden.newIds.indexOf(last);
      copy.patchJson('generation_config.json', { eos_token_id: [300, last] });
      const model = createVisionLanguageModel(copy.folder, { threads: 1 });
      try {
        const pieces: string[] = [];
        const result = await model.generate(request, { onText: (text) => pieces.push(text) });
        expect(result).toMatchObject({ finishReason: 'stop', newTokens: end + 1 });
        expect(pieces.join('')).toBe(result.text);
        expect(golden.text.startsWith(result.text.replace(/\uFFFD+$/u, ''))).toBe(true);
        expect(result.text.length).toBeLessThan(golden.text.length);
      } finally {
        await model.dispose();
        copy.remove();
      }
    },
    START_MS,
  );
});

describe('the process of the vision language model', () => {
  it(
    'shows pictures at the sizes of FLUX.1-Kontext when asked to',
    async () => {
      const messages: readonly ChatMessage[] = [{ role: 'user', content: [{ type: 'image' }] }];
      const wide = { messages, images: [vlmImage('wide.png')], maxNewTokens: 1 };
      const promptTokens = async (imageSizes: 'own' | 'kontext') => {
        const model = createVisionLanguageModel(tinyVlm('flat'), { threads: 1, imageSizes });
        try {
          return (await model.generate(wide)).promptTokens;
        } finally {
          await model.dispose();
        }
      };
      // 96 x 40 has 12 x 5 cells as it is; as 1568 x 672 it is read at 136 x 56.
      expect((await promptTokens('kontext')) - (await promptTokens('own'))).toBe(17 * 7 - 12 * 5);
    },
    START_MS,
  );

  it(
    'is killed when it does not stop in its grace period',
    async () => {
      const model = createVisionLanguageModel(tinyVlm('flat'), { threads: 1, cancelGraceMs: 20 });
      try {
        await model.ready();
        const pid = model.pid() ?? 0;
        const controller = new AbortController();
        const stuck = model.generate(
          { ...request, ...ENDLESS },
          {
            signal: controller.signal,
            onText: () => {
              if (controller.signal.aborted) return;
              // A stopped process answers nothing, as one inside a token that never ends.
              process.kill(pid, 'SIGSTOP');
              controller.abort();
            },
          },
        );
        await expect(stuck).rejects.toMatchObject({ code: 'CANCELLED' });
        expect((await model.generate(request)).text).toBe(golden.text);
        expect(model.pid()).not.toBe(pid);
      } finally {
        await model.dispose();
      }
    },
    START_MS,
  );

  it(
    'is killed at its memory ceiling',
    async () => {
      const model = createVisionLanguageModel(tinyVlm('flat'), {
        threads: 1,
        memoryLimitBytes: 1_000_000,
        memoryPollMs: 5,
      });
      try {
        await expect(model.generate(request)).rejects.toMatchObject({
          code: 'INFERENCE_OUT_OF_MEMORY',
          details: { memoryLimitBytes: 1_000_000 },
        });
      } finally {
        await model.dispose();
      }
    },
    START_MS,
  );

  it(
    'tells which file of a damaged model is at fault, to every request',
    async () => {
      const copy = copyTinyVlm('flat');
      rmSync(join(copy.folder, 'model-00003-of-00003.safetensors'));
      const model = createVisionLanguageModel(copy.folder, { threads: 1 });
      try {
        const expected = {
          code: 'MODEL_MISSING',
          message: expect.stringContaining('model-00003-of-00003.safetensors'),
        };
        await expect(model.ready()).rejects.toMatchObject(expected);
        await expect(model.generate(request)).rejects.toMatchObject(expected);
      } finally {
        await model.dispose();
        copy.remove();
      }
    },
    START_MS,
  );

  it(
    'ends with its model, and what was running is cancelled',
    async () => {
      const model = createVisionLanguageModel(tinyVlm('nested'), { threads: 1 });
      await model.ready();
      const running = model.generate({ messages: hello, images: [], ...ENDLESS });
      const outcome = expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
      await model.dispose();
      await outcome;
      expect(model.pid()).toBeUndefined();
      await expect(model.generate({ messages: hello, images: [] })).rejects.toMatchObject({ code: 'CANCELLED' });
    },
    START_MS,
  );
});
