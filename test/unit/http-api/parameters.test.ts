import { describe, expect, it } from 'vitest';
import { readParameters } from '../../../bots/http-api/parameters.ts';
import { createPaintingEngine } from '../../support/web/painting-engine.ts';

const { description: painting } = createPaintingEngine();
const sketching = { ...painting, id: 'sketching', maxImages: 1, seed: false };
const rules = { endpoint: 'jobs', imageCount: 0, engines: [painting, sketching] } as const;
const prompt = 'a red bird';

describe('the parameters of a request', () => {
  it('choose an engine by the name that /v1/models gives it', () => {
    expect(readParameters({ prompt }, rules).engine).toBeUndefined();
    expect(readParameters({ prompt, model: 'sketching' }, rules).engine).toBe('sketching');
    expect(() => readParameters({ prompt, model: 'x' }, rules)).toThrow('There are: painting, sketching.');
  });

  it('are measured by what the chosen engine can do', () => {
    const two = { ...rules, imageCount: 2 };
    expect(readParameters({ prompt }, two).mode).toBe('edit');
    expect(() => readParameters({ prompt, model: 'sketching' }, two)).toThrow('sketching: up to 1 images at once');
    // A place may have another default than the first.
    expect(readParameters({ prompt }, { ...two, engines: [sketching, painting] }).mode).toBe('edit');
    expect(readParameters({ prompt, seed: '5' }, rules).warnings).toEqual([]);
    const unseeded = readParameters({ prompt, seed: '5', model: 'sketching' }, rules);
    expect(unseeded).toMatchObject({ warnings: ['seed: makes no difference here.'], wishes: { seed: 5 } });
  });

  it.each([
    ['1024x1024', '1:1'],
    ['1792x1024', '7:4'],
    ['1024x1536', '2:3'],
    ['1023x1024', '1023:1024'],
    ['auto', undefined],
  ])('take from the size %s the shape %s', (size, aspect) => {
    expect(readParameters({ prompt, size }, rules).wishes.aspect).toBe(aspect);
  });

  it('of a form are text', () => {
    const request = readParameters({ prompt, n: '3', seed: '4294967295', stream: 'false' }, rules);
    expect(request.wishes).toEqual({ count: 3, seed: 4_294_967_295 });
  });

  it('of a job name no format, which reading it does', () => {
    expect(() => readParameters({ prompt, response_format: 'url' }, rules)).toThrow('when you read the job');
  });
});
