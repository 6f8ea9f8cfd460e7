/** By name; values may hold anything. */
export type Labels = Readonly<Record<string, string>>;

/** One figure: what it is, and its value for each set of labels. */
export interface Figure {
  /** `showcase_...`, in base units. */
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** A sample without a value is left out, and with all of them the figure. */
  readonly samples: readonly (readonly [labels: Labels, value: number | boolean | null])[];
}

/**
 * Figures in Prometheus' text format 0.0.4, as node_exporter reads them too. A package for it would take longer to load than
 * all that a run does.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function renderFigures(figures: readonly Figure[]): string {
  return figures.map(renderFigure).join('');
}

function renderFigure({ name, help, type, samples }: Figure): string {
  const lines = samples.flatMap(([labels, value]) =>
    value === null ? [] : [`${name}${renderLabels(labels)} ${Number(value)}\n`],
  );
  if (lines.length === 0) return '';
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A figure with one sample and no labels. */
export function gauge(name: string, help: string, value: number | boolean | null): Figure {
  return { name, help, type: 'gauge', samples: [[{}, value]] };
}

/** One that is 1 for the present one of these values, and 0 for all others; absent where there is none. */
export function stateOf(
  name: string,
  help: string,
  { label, values, now }: { label: string; values: readonly string[]; now: string | null },
  more: Labels = {},
): Figure {
  const samples = values.map(
    (value) => [{ ...more, [label]: value }, now === null ? null : value === now] as const,
  );
  return { name, help, type: 'gauge', samples };
}

/** Of a time as ISO 8601, and milliseconds after it; null for none. */
export function inSeconds(time: string | null, afterMs = 0): number | null {
  return time === null ? null : (Date.parse(time) + Math.round(afterMs)) / 1000;
}
