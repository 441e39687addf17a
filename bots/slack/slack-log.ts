import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from '../../core/ports.ts';

/**
 * What the SDK reports, in Easel's log. Its lines may quote what people wrote, so only the kind of a problem is passed on:
 * the words before the first colon or bracket.
 */
export function createSlackLog(logger: Logger): BoltLogger {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts) => logger.debug({ event: 'slack-sdk', about: aboutOf(parts) }, 'the Slack SDK warns'),
    error: (...parts) => logger.warn({ event: 'slack-sdk', about: aboutOf(parts) }, 'the Slack SDK reports a problem'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}

function aboutOf([first]: readonly unknown[]): string {
  const text = first instanceof Error ? first.name : String(first);
  return (text.split(/[:({[\n]/)[0] ?? '').trim().slice(0, 120);
}
