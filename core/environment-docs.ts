import { z } from 'zod';
import { environmentSchema, variableNotes } from './environment.ts';

interface Variable {
  readonly name: string;
  readonly description: string;
  readonly isSecret: boolean;
  /** As it would be written; empty where there is none. */
  readonly defaultValue: string;
}

interface VariableGroup {
  readonly title: string;
  readonly variables: readonly Variable[];
}

const COMMENT_CHARACTERS = 118;

/** docs/configuration.md: one table per group, in the schema's order. */
export function renderConfigurationDocs(): string {
  const tables = groups().map(({ title, variables }) => {
    const lines = variables.map(
      ({ name, description, isSecret, defaultValue }) =>
        `| \`${name}\` | ${defaultValue === '' ? '' : `\`${defaultValue}\``} | ${description}${isSecret ? ' Secret.' : ''} |`,
    );
    return [`## ${title}`, '', '| variable | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
  });
  return `# Configuration

Generated from \`core/environment.ts\`. Easel reads these environment variables, and those of the file \`.env\` in the folder it
is started in; what the environment sets already wins. None is needed for the web chat.

${tables.join('\n\n')}
`;
}

/** .env.example: every variable as a comment that only needs its mark removed. */
export function renderEnvironmentExample(): string {
  const parts = groups().map(({ title, variables }) => {
    const entries = variables.map(({ name, description, defaultValue }) =>
      [...wrap(description).map((line) => `# ${line}`), `#${name}=${defaultValue}`].join('\n'),
    );
    return [`# --- ${title} ---`, ...entries].join('\n\n');
  });
  return `# Settings of Easel: copy this file to .env, remove the # before a name, and write the value behind the =.
# Generated from core/environment.ts. What the environment sets already wins over this file.

${parts.join('\n\n')}
`;
}

function groups(): readonly VariableGroup[] {
  const variables = Object.entries(environmentSchema.shape).map(([name, schema]) => {
    const { description = '', group = '', isSecret = false } = variableNotes.get(schema) ?? {};
    return { name, description, group, isSecret, defaultValue: defaultOf(schema) };
  });
  const titles = [...new Set(variables.map(({ group }) => group))];
  return titles.map((title) => ({ title, variables: variables.filter(({ group }) => group === title) }));
}

function defaultOf(schema: z.ZodType): string {
  return schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : '';
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= COMMENT_CHARACTERS)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
