import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { renderConfigurationDocs, renderEnvironmentExample } from '../../core/environment-docs.ts';
import { manifestSchema } from '../../inference/index.ts';

/** `npm run docs:generate` writes what these compare. */
describe('generated documentation', () => {
  it('has every environment variable as the schema has it', async () => {
    await expect(renderConfigurationDocs()).toMatchFileSnapshot('../../docs/configuration.md');
  });

  it('has an example of a settings file as the schema has it', async () => {
    await expect(renderEnvironmentExample()).toMatchFileSnapshot('../../.env.example');
  });

  it('has the schema of easel.json as the code has it', async () => {
    const schema = {
      title: 'easel.json',
      description: 'What a model folder says about itself beyond the files of diffusers. Every key may be missing.',
      ...z.toJSONSchema(manifestSchema, { io: 'input' }),
    };
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../docs/easel.schema.json');
  });
});
