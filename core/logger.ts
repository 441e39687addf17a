import { pino } from 'pino';
import type { Logger } from './ports.ts';

/** Fields that never reach a log line, at any depth of two: what people wrote, and secrets. */
const REDACTED = [
  'text',
  'prompt',
  'instruction',
  'description',
  'token',
  'secret',
  'authorization',
  'password',
  'cookie',
  'name',
];

export interface LogSink {
  write(line: string): void;
}

/** JSON lines. @param level pino's levels; `silent` for none. @param sink default: standard error, because commands print results on standard output. */
export function createLogger(level: string, sink: LogSink = process.stderr): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACTED.flatMap((field) => [field, `*.${field}`]), censor: '[redacted]' },
    },
    sink,
  );
}
