/** Numbers about a running process, in the text format of Prometheus. */
export interface Metrics {
  /** @param name of the counter, ending in `_total`. */
  count(name: string, labels?: Labels): void;
  /** Add to a value that also goes down, for example open connections. */
  change(name: string, by: number, labels?: Labels): void;
  /** @param name of the histogram, ending in `_seconds`. */
  observe(name: string, seconds: number, labels?: Labels): void;
  render(): string;
}

export type Labels = Readonly<Record<string, string | number>>;
export type MetricHelp = Readonly<Record<string, string>>;

/** Upper bounds in seconds: an acknowledgement takes milliseconds, a picture seconds to minutes. */
const BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] as const;

interface Histogram {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** @param help says what each name means; a name without help is a mistake and throws. */
export function createMetrics(help: MetricHelp): Metrics {
  const counters = new Map<string, Map<string, number>>();
  const gauges = new Map<string, Map<string, number>>();
  const histograms = new Map<string, Map<string, Histogram>>();

  function seriesOf<V>(kind: Map<string, Map<string, V>>, name: string): Map<string, V> {
    if (!Object.hasOwn(help, name)) throw new Error(`No help for the metric ${name}`);
    const series = kind.get(name) ?? new Map<string, V>();
    kind.set(name, series);
    return series;
  }

  function add(kind: Map<string, Map<string, number>>, name: string, by: number, labels: Labels): void {
    const series = seriesOf(kind, name);
    const key = formatLabels(labels);
    series.set(key, (series.get(key) ?? 0) + by);
  }

  function linesOf(kind: Map<string, Map<string, number>>, type: string): string[] {
    return [...kind].flatMap(([name, series]) => [
      ...headOf(name, type),
      ...[...series].map(([labels, value]) => `${name}${braced(labels)} ${value}`),
    ]);
  }

  function headOf(name: string, type: string): string[] {
    return [`# HELP ${name} ${help[name] ?? ''}`, `# TYPE ${name} ${type}`];
  }

  return {
    count: (name, labels = {}) => add(counters, name, 1, labels),
    change: (name, by, labels = {}) => add(gauges, name, by, labels),
    observe(name, seconds, labels = {}) {
      const series = seriesOf(histograms, name);
      const key = formatLabels(labels);
      const histogram = series.get(key) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
      for (const [index, bound] of BUCKETS.entries()) {
        if (seconds <= bound) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
      }
      histogram.sum += seconds;
      histogram.count += 1;
      series.set(key, histogram);
    },
    render() {
      const distributions = [...histograms].flatMap(([name, series]) => [
        ...headOf(name, 'histogram'),
        ...[...series].flatMap(([labels, histogram]) => histogramLines(name, labels, histogram)),
      ]);
      return `${[...linesOf(counters, 'counter'), ...linesOf(gauges, 'gauge'), ...distributions].join('\n')}\n`;
    },
  };
}

function histogramLines(name: string, labels: string, { counts, sum, count }: Histogram): string[] {
  const before = labels === '' ? '' : `${labels},`;
  return [
    ...BUCKETS.map((bound, index) => `${name}_bucket{${before}le="${bound}"} ${counts[index] ?? 0}`),
    `${name}_bucket{${before}le="+Inf"} ${count}`,
    `${name}_sum${braced(labels)} ${sum}`,
    `${name}_count${braced(labels)} ${count}`,
  ];
}

function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}="${String(value).replace(/["\\\n]/g, '_')}"`)
    .join(',');
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`;
}
