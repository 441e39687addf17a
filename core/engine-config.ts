import type { EngineKind, Environment } from './environment.ts';

/** What an engine of the environment cannot do without. */
export function missingForEngines(environment: Environment): readonly string[] {
  const { EASEL_ENGINE: first, EASEL_ENGINES: others, EASEL_FALLBACK: fallback } = environment;
  const kinds = new Set([first, ...others, ...fallback]);
  return [...[...kinds].flatMap((kind) => missingFor(kind, environment)), ...unprotectedKeys(environment)];
}

function missingFor(kind: EngineKind, environment: Environment): readonly string[] {
  const need = (name: string) => `${name}: needed for the engine ${kind}`;
  switch (kind) {
    case 'local':
      return [];
    case 'openai-images': {
      const { OPENAI_API_KEY: key, OPENAI_BASE_URL: url } = environment;
      // A server of one's own may want no key.
      return key === undefined && url === undefined ? [need('OPENAI_API_KEY')] : [];
    }
    case 'gemini':
      return environment.GEMINI_API_KEY === undefined ? [need('GEMINI_API_KEY')] : [];
    case 'comfyui':
      return [
        ...(environment.COMFYUI_URL === undefined ? [need('COMFYUI_URL')] : []),
        ...(environment.COMFYUI_WORKFLOW === undefined ? [need('COMFYUI_WORKFLOW')] : []),
      ];
  }
}

/** A key in an unencrypted request is everybody's on the way. Within one's own network that is one's own decision. */
function unprotectedKeys(environment: Environment): readonly string[] {
  if (environment.EASEL_ALLOW_PRIVATE) return [];
  const addresses = ['OPENAI_BASE_URL', 'GEMINI_BASE_URL', 'COMFYUI_URL', 'EASEL_VLM_BASE_URL'] as const;
  return addresses
    .filter((name) => environment[name]?.startsWith('http:') === true)
    .map((name) => `${name}: must be https, or a server of your own network with EASEL_ALLOW_PRIVATE=true`);
}
