import type { Config } from '../core/config.ts';
import { sentenceOf } from './doctor-sentence.ts';
import type { Finding } from './finding.ts';
import { openSafety } from './open-safety.ts';

/**
 * Whether pictures can be looked at where EASEL_SAFETY asks for it: without the classifier none are made or posted.
 * @param file another classifier than the one that Easel brings.
 */
export async function checkSafety(config: Pick<Config, 'safety'>, file?: string): Promise<Finding> {
  const { pictures, threshold } = config.safety;
  if (pictures === 'off')
    return { check: 'safety', status: 'ok', message: 'Pictures are not looked at (EASEL_SAFETY=off)' };
  const safety = openSafety(config, file);
  try {
    await safety.ready();
    const message = `The picture classifier opens (EASEL_SAFETY=${pictures}, refuses from ${threshold})`;
    return { check: 'safety', status: 'ok', message };
  } catch (error) {
    const fix = 'Restore models/safety, or free memory; EASEL_DEBUG=1 shows more.';
    return { check: 'safety', status: 'problem', message: `Pictures cannot be looked at: ${sentenceOf(error)}`, fix };
  } finally {
    await safety.dispose();
  }
}
