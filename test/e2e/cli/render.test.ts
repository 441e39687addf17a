import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../../inference/index.ts';
import { readSafetensors } from '../../../inference/onnx/safetensors.ts';
import { runEasel } from '../../support/easel-command.ts';
import { tinyModel } from '../../support/tiny-model.ts';

const GOLDENS = fileURLToPath(new URL('../../parity/goldens/', import.meta.url));
/** Accumulated float32 rounding of a whole render; the parity tests use the same bound. */
const TOLERANCE = 1e-3;

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'easel-render-'));
});
afterAll(() => rm(cwd, { recursive: true }));

const render = (...args: readonly string[]) => runEasel(['render', '--model', tinyModel('small'), ...args], { cwd });
const latentsOf = (file: string) => readSafetensors(file).tensors.get('latents');

describe('easel render', () => {
  it('starts from given latents and writes the ones after the last step, as the reference has them', async () => {
    const golden = join(GOLDENS, 'renders', 'edit-two-references');
    const images = ['first.png', 'second.png'].flatMap((name) => ['--image', join(GOLDENS, 'images', name)]);
    const { exitCode, stdout } = await render(
      ...['--adapter', 'edit', '--prompt', 'Give the cat in image 1 the pattern of the ball in image 2.', ...images],
      ...['--width', '32', '--height', '24', '--steps', '6', '--guidance', '3.5'],
      ...['--latents', `${golden}.noise.safetensors`, '--dump-latents', 'dump.safetensors', '-o', 'out.png'],
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'out.png\n' });
    expect(await decodeImage(await readFile(join(cwd, 'out.png')))).toMatchObject({ width: 32, height: 24 });
    const [made, expected] = [latentsOf(join(cwd, 'dump.safetensors')), latentsOf(`${golden}.expected.safetensors`)];
    expect(made?.shape).toEqual(expected?.shape);
    const differences = [...(expected?.data ?? [])].map((value, index) => Math.abs(value - (made?.data[index] ?? 9)));
    expect(differences.length).toBeGreaterThan(0);
    expect(Math.max(...differences)).toBeLessThan(TOLERANCE);
  });
});
