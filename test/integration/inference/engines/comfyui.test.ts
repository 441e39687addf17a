import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ImageRequest } from '../../../../inference/index.ts';
import { comfyWorkflow } from '../../../support/engines/fake-comfyui.ts';
import { plainPicture } from '../../../support/engines/paint.ts';
import { remoteEngines } from '../../../support/engines/remote-engines.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(...args: Parameters<typeof remoteEngines.comfyui>) {
  const started = await remoteEngines.comfyui(...args);
  stops.push(started.stop, () => started.engine.dispose());
  return started;
}

let request: ImageRequest;
beforeAll(async () => {
  const images = [await plainPicture([200, 30, 30]), await plainPicture([30, 30, 200])];
  request = { mode: 'edit', prompt: 'Make image 1 like image 2.', images, seed: 7 };
});

/** Resolves for the work when the test opens it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), opened };
}

describe('the comfyui engine', () => {
  it('fills the named nodes and takes optional images out that are not there', async () => {
    const { engine, fake } = await start();
    const { steps } = await engine.render({ ...request, steps: 3 });
    expect(steps).toBe(3);
    const graph = fake.calls[0]?.graph ?? {};
    expect(graph['4']?.inputs['text']).toBe('Make image 1 like image 2.');
    expect(graph['5']?.inputs).toMatchObject({ seed: 7, steps: 3, width: 1248, height: 832, image2: ['2', 0] });
    expect(graph['5']?.inputs).not.toHaveProperty('image3');
    expect(graph).not.toHaveProperty('3');
  });

  it('reads from the workflow what the engine has', async () => {
    const { engine } = await start();
    expect(engine.description).toMatchObject({ maxImages: 3, defaultSteps: 4, seed: true, size: { rule: 'free' } });
  });

  it('interrupts its own work when it is cancelled', async () => {
    const { opened, open } = gate();
    const { engine, fake } = await start({}, { beforeStep: (step) => (step === 3 ? opened : undefined) });
    const abort = new AbortController();
    const seen: number[] = [];
    const ended = engine.render(request, { signal: abort.signal, onStep: ({ step }) => seen.push(step) });
    await expect.poll(() => seen).toEqual([1, 2]);
    abort.abort();
    await expect(ended).rejects.toMatchObject({ code: 'CANCELLED' });
    open();
    await expect.poll(() => fake.open()).toEqual([]);
    expect(fake.made()).toBe(0);
  });

  it('takes itself out of the queue when it is cancelled while another one works, which goes on', async () => {
    const { opened, open } = gate();
    const { engine, fake } = await start({}, { beforeStep: () => opened });
    const first = engine.render(request);
    await expect.poll(() => fake.open().length).toBe(1);
    const abort = new AbortController();
    const second = engine.render(request, { signal: abort.signal });
    await expect.poll(() => fake.open().length).toBe(2);
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(fake.open()).toHaveLength(1);
    open();
    expect((await first).images).toHaveLength(1);
  });

  it('stops what takes too long', async () => {
    const { engine, fake } = await start(
      { timeoutMs: 300 },
      { beforeStep: (step) => (step === 2 ? new Promise(() => {}) : undefined) },
    );
    await expect(engine.render(request)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { reason: 'timeout' },
    });
    expect(fake.made()).toBe(0);
  });

  it('gets its picture although the socket was cut', async () => {
    const { engine, fake } = await start();
    fake.failNext({ kind: 'cut' });
    expect((await engine.render(request)).images).toHaveLength(1);
    expect(fake.calls).toHaveLength(1);
  });

  it('says which numbers of images its workflows take', async () => {
    const { engine, fake } = await start({ workflows: [needing(1), needing(3)] });
    expect(engine.description.maxImages).toBe(3);
    await expect(engine.render(request)).rejects.toMatchObject({
      code: 'ENGINE_CANNOT',
      details: { count: 2, accepted: '1, 3' },
    });
    expect(fake.calls).toEqual([]);
    expect((await engine.render({ ...request, images: request.images.slice(0, 1) })).images).toHaveLength(1);
  });

  it('is not ready when the server lacks a node, and says that the workflow is not accepted', async () => {
    const graph = structuredClone(comfyWorkflow()) as Record<string, { class_type: string }>;
    const sampler = graph['5'];
    if (sampler !== undefined) sampler.class_type = 'NodeOfNobody';
    const { engine } = await start({ workflows: [graph] });
    const refused = { code: 'ENGINE_MISCONFIGURED', details: { reason: 'workflow' } };
    await expect(engine.ready()).rejects.toMatchObject(refused);
    await expect(engine.render(request)).rejects.toMatchObject(refused);
  });
});

/** The workflow with so many images, all needed. */
function needing(count: number): object {
  const graph = structuredClone(comfyWorkflow()) as Record<
    string,
    { inputs: Record<string, unknown>; _meta: { title: string } }
  >;
  for (const position of [1, 2, 3]) {
    const node = graph[String(position)];
    if (node !== undefined) node._meta.title = `Easel image ${position}`;
    if (position <= count) continue;
    delete graph[String(position)];
    delete graph['5']?.inputs[`image${position}`];
  }
  return graph;
}
