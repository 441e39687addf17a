import { describe, expect, it } from 'vitest';
import { planVlm } from '../../../cli/interpreter/check-vlm.ts';
import { loadConfig } from '../../../core/config.ts';

function plan(vlm: string, env: Readonly<Record<string, string>> = {}) {
  return planVlm(loadConfig({ EASEL_VLM: vlm, ...env }));
}

const OPENAI = { OPENAI_API_KEY: 'sk-openai' };
const OWN = { EASEL_VLM_BASE_URL: 'https://models.example/v1' };

describe('what EASEL_VLM says', () => {
  it('has a provider, and a name that may hold colons', () => {
    const planned = plan('ollama:qwen2.5vl:7b');
    expect(planned).toMatchObject({
      kind: 'chat',
      model: 'qwen2.5vl:7b',
      provider: { id: 'ollama' },
      apiKey: undefined,
    });
  });

  it.each([
    ['openai:x', OPENAI, 'sk-openai'],
    ['openai:x', { ...OPENAI, OPENAI_BASE_URL: 'https://api.openai.com/v1' }, 'sk-openai'],
    ['openai:x', { ...OPENAI, EASEL_VLM_API_KEY: 'sk-other' }, 'sk-other'],
    ['openai:x', { ...OPENAI, ...OWN }, undefined],
    ['openai:x', { ...OPENAI, ...OWN, EASEL_VLM_API_KEY: 'sk-own' }, 'sk-own'],
    ['anthropic:x', { ANTHROPIC_API_KEY: 'sk-ant' }, 'sk-ant'],
    ['google:x', { GEMINI_API_KEY: 'AIza' }, 'AIza'],
  ])('%s with %o gets the key that is meant for its server', (vlm, env, apiKey) => {
    expect(plan(vlm, env)).toMatchObject({ kind: 'chat', apiKey });
  });

  it.each([
    ['openai:x', { ...OPENAI, OPENAI_BASE_URL: 'https://pictures.example/v1' }],
    ['google:x', { ...OPENAI }],
    ['anthropic:x', { ...OPENAI }],
    ['groq:x', { ...OWN, EASEL_VLM_API_KEY: 'k' }],
  ])('%s with %o is refused, without a word of the key', (vlm, env) => {
    expect(() => plan(vlm, env)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    try {
      plan(vlm, env);
    } catch (error) {
      expect(JSON.stringify(error)).not.toContain('sk-openai');
    }
  });
});
