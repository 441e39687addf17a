import type { TurnProgress } from '../../core/cards.ts';
import type { Turn } from '../../core/domain.ts';
import { interpretJobId } from '../../core/ids.ts';
import type { JobState, Jobs } from '../../core/ports.ts';
import { openRenders } from '../../core/turns.ts';

/**
 * Ask the queue about the job that a turn waits for.
 * @returns nothing known for a turn that waits for no job.
 * @throws AppError QUEUE_UNAVAILABLE
 */
export async function readTurnProgress(jobs: Jobs, turn: Turn): Promise<TurnProgress> {
  if (turn.status === 'interpreting' || turn.status === 'received') {
    return progressOf(await jobs.state('interpret', interpretJobId(turn.id)));
  }
  const renders = openRenders(turn);
  const render = renders.find(({ status }) => status === 'rendering') ?? renders[0];
  return render === undefined ? {} : progressOf(await jobs.state(`render-${render.engine}`, render.id));
}

function progressOf(state: JobState): TurnProgress {
  switch (state.kind) {
    case 'waiting':
      return { position: state.position };
    case 'active':
      return state.progress === undefined ? {} : { progress: state.progress };
    case 'absent':
      return {};
  }
}
