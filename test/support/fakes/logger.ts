import type { Logger } from '../../../core/ports.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Keeps what was logged. */
export function createMemoryLogger() {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: LogLine['fields'], message: string) => {
    lines.push({ level, fields, message });
  };
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } satisfies Logger;
  return { ...logger, lines };
}
