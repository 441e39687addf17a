import { existsSync, statSync } from 'node:fs';
import { ENGINE_KINDS, type EngineKind } from '../../core/environment.ts';
import type { Ask, Check, Choice } from './ask.ts';
import type { EnvFile } from './env-file.ts';
import type { Changes } from './merge-env.ts';

const ENGINES: Readonly<Record<EngineKind, Omit<Choice<EngineKind>, 'value'>>> = {
  local: { label: 'The built-in model', hint: 'works here and now; knows a small world of stickers, no photos' },
  'openai-images': {
    label: "A server with OpenAI's images API",
    hint: 'OpenAI itself, vLLM-Omni, SGLang, stable-diffusion.cpp, LocalAI …',
  },
  gemini: { label: 'Google Gemini', hint: 'needs a key' },
  comfyui: { label: 'ComfyUI', hint: 'needs a workflow, exported as API JSON' },
};
const OPENAI = 'https://api.openai.com/v1';

/** What is known of the answers so far. */
export interface Answers {
  readonly file: EnvFile;
  /** Given in this run, and not written yet. */
  readonly changes: Changes;
}

/** Ask where pictures come from, and what that place needs. @returns every change so far. */
export async function askEngine(ask: Ask, { file, changes }: Answers): Promise<Changes> {
  const choices = ENGINE_KINDS.map((value) => ({ value, ...ENGINES[value] }));
  const before = ENGINE_KINDS.find((kind) => kind === file.after(changes)['EASEL_ENGINE']);
  const kind = await ask.choose('Where do pictures come from?', choices, before);
  if ((file.outside['EASEL_ENGINE'] ?? kind) !== kind) {
    ask.warn(
      `EASEL_ENGINE=${file.outside['EASEL_ENGINE']} is set outside ${file.path} and wins over it. Unset it there.`,
    );
  }
  const chosen = { ...changes, EASEL_ENGINE: kind };
  const form = createForm(ask, file);
  switch (kind) {
    case 'local':
      return chosen;
    case 'openai-images':
      return await askOpenAi(form, chosen);
    case 'gemini':
      return await form.line(await form.secret(chosen, 'GEMINI_API_KEY', 'Its API key', needed), 'GEMINI_IMAGE_MODEL', {
        question: 'Name of the model',
        fallback: 'gemini-3.1-flash-image',
      });
    case 'comfyui':
      return await askComfyUi(form, chosen);
  }
}

async function askOpenAi(form: Form, chosen: Changes): Promise<Changes> {
  const addressed = await form.line(chosen, 'OPENAI_BASE_URL', {
    question: 'Its address, with the version; empty for OpenAI itself',
    example: OPENAI,
    check: (answer) => (answer === '' ? undefined : webAddress(answer)),
  });
  const address = form.now(addressed)['OPENAI_BASE_URL'] ?? '';
  const trusted = address === '' ? addressed : await form.trust(addressed, address);
  const isOwn = address !== '';
  const question = isOwn ? `Its API key, which is sent to ${new URL(address).host}; empty for none` : 'Its API key';
  const withKey = await form.secret(trusted, 'OPENAI_API_KEY', question, isOwn ? undefined : needed);
  return await form.line(withKey, 'OPENAI_IMAGE_MODEL', { question: 'Name of the model', fallback: 'gpt-image-2' });
}

async function askComfyUi(form: Form, chosen: Changes): Promise<Changes> {
  const addressed = await form.line(chosen, 'COMFYUI_URL', {
    question: 'Its address',
    suggestion: 'http://127.0.0.1:8188',
    check: webAddress,
  });
  const trusted = await form.trust(addressed, form.now(addressed)['COMFYUI_URL'] ?? '');
  return await form.line(trusted, 'COMFYUI_WORKFLOW', {
    question: 'File of the workflow, exported as API JSON; several with commas between',
    example: 'workflow-api.json',
    check: (answer) => {
      const missing = answer.split(',').find((file) => !isFile(file.trim()));
      return missing === undefined ? undefined : `There is no file ${missing.trim() || 'yet'}.`;
    },
  });
}

interface LineQuestion {
  readonly question: string;
  /** What is meant where nothing is set, and need not be written. */
  readonly fallback?: string;
  /** What it is for most people. */
  readonly suggestion?: string;
  readonly example?: string;
  readonly check?: Check;
}

type Form = ReturnType<typeof createForm>;

/** Questions about variables: each returns the changes with its answer, and asks nothing that the environment decides. */
function createForm(ask: Ask, file: EnvFile) {
  function isDecided(name: string): boolean {
    if (file.outside[name] === undefined) return false;
    ask.say(`${name} is set outside ${file.path}, which wins over it.`);
    return true;
  }
  const now = (changes: Changes) => file.after(changes);

  return {
    now,

    async line(changes: Changes, name: string, { question, check, ...hints }: LineQuestion): Promise<Changes> {
      if (isDecided(name)) return changes;
      const { fallback = '', suggestion = fallback, example = '' } = hints;
      const set = now(changes)[name] ?? '';
      const before = set === '' ? suggestion : set;
      const answer = await ask.line(question, { before, example, check: check ?? needed });
      return answer === (set === '' ? fallback : set) ? changes : { ...changes, [name]: answer };
    },

    /** A secret that is set is kept unless the person types another one; it is shown to nobody. */
    async secret(changes: Changes, name: string, question: string, check?: Check): Promise<Changes> {
      if (isDecided(name)) return changes;
      if ((now(changes)[name] ?? '') !== '') {
        const choices = [
          { value: 'keep', label: 'Keep it' },
          { value: 'replace', label: 'Type another one' },
        ] as const;
        if ((await ask.choose(`${name} is set. ${question}`, choices)) === 'keep') return changes;
      }
      const answer = await ask.secret(question, check ?? oneLine);
      return answer === '' ? changes : { ...changes, [name]: answer };
    },

    /** Addresses of one's own network are refused unless somebody says that they are meant. */
    async trust(changes: Changes, address: string): Promise<Changes> {
      const name = 'EASEL_ALLOW_PRIVATE';
      if (!isOwnNetwork(new URL(address)) || now(changes)[name] === 'true' || isDecided(name)) return changes;
      const isMeant = await ask.agree(`Is ${new URL(address).host} on this machine or in your own network?`);
      if (isMeant) return { ...changes, [name]: 'true' };
      ask.warn('Then its address has to begin with https.');
      return changes;
    },
  };
}

const oneLine: Check = (answer) => (/[\r\n]/.test(answer) ? 'It has to be one line.' : undefined);
const needed: Check = (answer) => (answer === '' ? 'It is needed.' : oneLine(answer));

function webAddress(answer: string): string | undefined {
  const isAddress = URL.canParse(answer) && /^https?:$/.test(new URL(answer).protocol);
  return isAddress ? undefined : 'It has to be an address like https://host/v1.';
}

/** Without encryption it can only be meant for one's own network. */
function isOwnNetwork({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'http:' ||
    /^(?:localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[)|\.local$|^[^.]+$/.test(hostname)
  );
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
