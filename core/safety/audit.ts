import { createHash } from 'node:crypto';
import type { Conversation, RenderEntry, Turn, WireError } from '../domain.ts';
import type { AppError, ErrorCode } from '../errors.ts';
import type { Logger } from '../ports.ts';

/** Where a request was refused: by its text, by a picture that it brought, by the picture that was made. */
export type RefusalStage = 'request' | 'input' | 'output';

const STAGES: Readonly<Partial<Record<ErrorCode, RefusalStage>>> = {
  POLICY_REFUSED: 'request',
  IMAGE_REFUSED: 'input',
  RESULT_REFUSED: 'output',
};

/** Whether a turn or a render ended because it was refused here. */
export function isRefusal(error: Pick<WireError, 'code'> | undefined): boolean {
  return error !== undefined && stageOf(error.code) !== undefined;
}

/** Note every refusal that a change of a document brought: who, where, why and when, never what was said or shown. */
export function auditRefusals(before: Conversation, after: Conversation, logger: Logger): void {
  // Turns keep their places, and what did not change is the same object.
  for (const [index, turn] of after.turns.entries()) {
    const was = before.turns[index];
    if (was === turn) continue;
    for (const error of newRefusals(was, turn)) auditRefusal(after, turn.authorId, error, logger);
  }
}

/** Note a refusal that no document holds: a button or a word that was not carried out. */
export function auditRefusal(
  { id, platform }: Pick<Conversation, 'id' | 'platform'>,
  authorId: string | undefined,
  error: Pick<AppError, 'code' | 'values'> | WireError,
  logger: Logger,
): void {
  const fields = {
    event: 'safety-refused',
    stage: stageOf(error.code) ?? 'request',
    category: String(error.values['category'] ?? 'other'),
    platform,
    conversation: pseudonym(id),
    ...(authorId === undefined ? {} : { person: pseudonym(`${platform}:${authorId}`) }),
  };
  logger.warn(fields, 'a request was refused by the safety policy');
}

/** A failed render gives its turn the same error: it counts once. */
function newRefusals(was: Turn | undefined, turn: Turn): readonly WireError[] {
  const ofRenders = turn.renders.flatMap(({ n, error }: RenderEntry) =>
    error !== undefined && isRefusal(error) && was?.renders.find((each) => each.n === n)?.error === undefined
      ? [error]
      : [],
  );
  if (ofRenders.length > 0 || turn.error === undefined || !isRefusal(turn.error)) return ofRenders;
  return was?.error === turn.error || turn.renders.some(({ error }) => error?.code === turn.error?.code)
    ? []
    : [turn.error];
}

function stageOf(code: string): RefusalStage | undefined {
  return Object.hasOwn(STAGES, code) ? STAGES[code as ErrorCode] : undefined;
}

/** The same for the same id, so that what one person tries is seen together; whoever knows an id can compute it. */
function pseudonym(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 16);
}
