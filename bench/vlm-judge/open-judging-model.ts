import { planVlm } from '../../cli/interpreter/check-vlm.ts';
import { openRemoteModel } from '../../cli/interpreter/open-remote-model.ts';
import { loadConfig } from '../../core/config.ts';
import { AppError } from '../../core/errors.ts';
import type { ChatModel } from '../../core/ports.ts';

export interface JudgingModel {
  readonly model: ChatModel;
  readonly timeoutMs: number;
}

/** The chat model `provider:model`, with the keys and addresses that EASEL_VLM would use.
 * @throws AppError CONFIG_INVALID for a model that is no chat model: the built-in one only reads requests. */
export async function openJudgingModel(name: string, env: NodeJS.ProcessEnv): Promise<JudgingModel> {
  const config = loadConfig({ ...env, EASEL_VLM: name });
  const plan = planVlm(config);
  if (plan.kind !== 'chat') {
    throw new AppError('CONFIG_INVALID', {
      problems: `${name} cannot judge pictures; name a chat model, provider:model`,
    });
  }
  return { model: await openRemoteModel(plan, config), timeoutMs: config.chatModel.timeoutMs };
}
