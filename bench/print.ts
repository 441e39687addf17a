/** One line for people. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** A line that shows that something happens; not part of the result. */
export function printProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The last line of every benchmark. */
export function printSummary(summary: object): void {
  print(JSON.stringify(summary));
}

/** Columns of equal width: the first to the left, the others to the right. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const format = (line: readonly string[]) =>
    widths.map((width, column) =>
      column === 0 ? (line[0] ?? '').padEnd(width) : (line[column] ?? '').padStart(width),
    );
  const rule = widths.map((width) => '-'.repeat(width));
  return [format(header), rule, ...rows.map(format)].map((line) => line.join('  ').trimEnd()).join('\n');
}

/** The same as a table of Markdown. */
export function formatMarkdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = header.map((_, column) => (column === 0 ? '---' : '--:'));
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}
