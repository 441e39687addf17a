import { formatMarkdownTable, formatTable } from '../print.ts';
import type { Results } from './results.ts';
import { STRAIGHT } from './system.ts';
import { formatShare } from './tables.ts';

/** A table in the form of the paper's. */
export interface PaperTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said below it. */
  readonly notes: readonly string[];
}

const SPLITS = ['edits, concrete', 'edits, abstract', 'generations, concrete', 'generations, abstract'] as const;
const NOT_RUN = ['not run', '-', '-', '-', '-'] as const;

/** Table 1: what each engine passes, asked in canonical words; one that was only asked otherwise is shown so. */
export function engineTable(results: readonly Results[], notRun: ReadonlyMap<string, string>): PaperTable {
  const engines = new Set([...results.map(({ system }) => system.engine), ...notRun.keys()]);
  const rows = [...engines].flatMap((engine) => {
    const own = results.filter(({ system }) => system.engine === engine);
    const canonical = own.filter(({ system }) => system.wording === 'canonical' && system.vlm === STRAIGHT);
    const shown = canonical.length > 0 ? canonical : own;
    if (shown.length === 0) return [[engine, '-', '-', ...NOT_RUN]];
    return shown.map((each) => [engine, each.model, askedAs(each), ...sharesOf(each)]);
  });
  const ran = new Set(results.map(({ system }) => system.engine));
  return {
    title: 'Table 1. Passed by engine: instruction followed, the rest kept, no visible damage',
    header: ['engine', 'model', 'asked', ...SPLITS, 'cases'],
    rows,
    notes: [...notRun]
      .filter(([engine]) => !ran.has(engine))
      .map(([engine, reason]) => `${engine}: ${oneLine(reason)}`),
  };
}

/** Table 4: what reading the request adds. Rows that were not run say so. */
export function readingTable(engine: string, results: readonly Results[]): PaperTable {
  const own = results.filter(({ system }) => system.engine === engine);
  const find = (wording: string, vlm: string) =>
    own.find(({ system }) => system.wording === wording && system.vlm === vlm);
  const models = [...new Set(own.map(({ system }) => system.vlm))].filter((vlm) => vlm !== STRAIGHT && vlm !== 'rules');
  const asked = [
    ['canonical', STRAIGHT],
    ['casual', STRAIGHT],
    ['casual', 'rules'],
    ...(models.length === 0 ? [['casual', 'a VLM']] : models.map((vlm) => ['casual', vlm])),
  ] as const;
  const readCanonical = own.filter(({ system }) => system.wording === 'canonical' && system.vlm !== STRAIGHT);
  return {
    title: `Table 4. ${engine}: what reading the request adds`,
    header: ['words', 'read by', ...SPLITS, 'cases'],
    rows: [
      ...asked.map(([wording = '', vlm = '']) => {
        const found = find(wording, vlm);
        return [wording, vlm === STRAIGHT ? 'nobody' : vlm, ...(found === undefined ? NOT_RUN : sharesOf(found))];
      }),
      ...readCanonical.map((each) => ['canonical', each.system.vlm, ...sharesOf(each)]),
    ],
    notes: [],
  };
}

export function formatPaperTable({ title, header, rows, notes }: PaperTable): string {
  return [title, formatTable(header, rows), ...notes].join('\n');
}

export function formatPaperTableAsMarkdown({ title, header, rows, notes }: PaperTable): string {
  return [`**${title}**`, formatMarkdownTable(header, rows), ...notes.map((note) => `- ${note}`)].join('\n\n');
}

function askedAs({ system: { wording, vlm } }: Results): string {
  return vlm === STRAIGHT ? wording : `${wording}, read by ${vlm}`;
}

function sharesOf({ summary: { edits, generations, cases } }: Results): readonly string[] {
  const shares = [edits.concrete, edits.abstract, generations.concrete, generations.abstract];
  return [...shares.map(formatShare), String(cases)];
}

function oneLine(reason: string): string {
  return reason.replaceAll(/\s+/g, ' ');
}
