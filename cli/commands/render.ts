import { type Command, Option } from 'commander';
import { collect, decimalNumber, MAX_SEED, wholeNumber } from '../arguments.ts';
import type { RenderOptions } from '../render.ts';
import type { Session } from '../session.ts';

const MAX_SIDE_PX = 8192;

export function addRender(program: Command, { io }: Session): void {
  program
    .command('render')
    .description('run the networks of a model folder as they are: no interpretation, no scaling of images')
    .requiredOption('--model <folder>', 'Hugging Face (diffusers) folder')
    .option('--adapter <name>', 'edit, generate, another LoRA of the folder, or none', 'none')
    .requiredOption('--prompt <text>', 'what the networks read')
    .option('--image <file>', 'image in the order of the prompt, cropped to the multiple; repeatable', collect)
    .option('--width <pixels>', "default: the first image's, or the model's", wholeNumber(1, MAX_SIDE_PX))
    .option('--height <pixels>', "default: the first image's, or the model's", wholeNumber(1, MAX_SIDE_PX))
    .option('--steps <number>', "denoising steps; default: the model's", wholeNumber(1, 200))
    .option('--guidance <number>', "default: the model's", decimalNumber(0, 100))
    .option('--seed <number>', 'default: 0', wholeNumber(0, MAX_SEED))
    .addOption(
      new Option('--latents <file>', 'start from the tensor "latents" of this safetensors file').conflicts('seed'),
    )
    .option('--dump-latents <file>', 'write the latents after the last step in the same form')
    .requiredOption('-o, --output <file>', 'PNG to write')
    .action(async (options: RenderOptions) => {
      const { render } = await import('../render.ts');
      await render(options, io);
    });
}
