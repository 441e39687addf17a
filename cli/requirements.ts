import type { Config } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import { checkModelFolder, InferenceError } from '../inference/index.ts';
import type { BotName } from './create-bots.ts';

/** Roles of their own meet on a server. @throws AppError CONFIG_INVALID */
export function requireServer({ redisUrl, databaseUrl }: Config, command: string): void {
  if (redisUrl !== undefined || databaseUrl !== undefined) return;
  const problems =
    `REDIS_URL or DATABASE_URL: \`easel ${command}\` is one process of several, which meet there. ` +
    '`easel start` needs neither: it is everything in one process.';
  throw new AppError('CONFIG_INVALID', { problems });
}

const TOKENS: Readonly<Record<BotName, string>> = { discord: 'DISCORD_TOKEN', slack: 'SLACK_BOT_TOKEN' };

/** A bot on its own needs its token. @throws AppError CONFIG_INVALID */
export function requireTokens(config: Config, bots: readonly BotName[]): void {
  const problems = bots
    .filter((bot) => config[bot] === undefined)
    .map((bot) => `${TOKENS[bot]}: \`easel ${bot}\` needs it. bots/${bot}/README.md says where to get it.`);
  if (problems.length > 0) throw new AppError('CONFIG_INVALID', { problems: problems.join('\n') });
}

/** Every file of the model, before anything is started. @throws InferenceError MODEL_MISSING, MODEL_INVALID */
export function requireModel(modelFolder: string): void {
  const errors = checkModelFolder(modelFolder).filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` \`easel models check\` lists ${errors.length - 1} more.`;
  const code = first.code === 'MODEL_MISSING' ? 'MODEL_MISSING' : 'MODEL_INVALID';
  throw new InferenceError(code, first.message + more);
}
