/** One line of the text format. */
interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Metrics {
  readonly families: ReadonlyMap<string, Family>;
  readonly samples: readonly Sample[];
  /** Of the sample with exactly these labels; undefined for none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([Nn]a[Nn]|[+-]?Inf|[+-]?[0-9.]+(?:e[+-]?[0-9]+)?)$`);
const OF_HISTOGRAM = /_(?:bucket|sum|count)$/;

/**
 * Reads Prometheus' text format 0.0.4 strictly: each family once, its help and type before its samples, no sample twice.
 *
 * @throws {Error} naming the line
 */
export function readMetrics(text: string): Metrics {
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  const wrong = (line: string, why: string): never => {
    throw new Error(`${why}: ${line}`);
  };
  if (text !== '' && !text.endsWith('\n')) wrong(text.slice(-80), 'the last line has no end');
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`).exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        if (families.has(name)) wrong(line, 'a family stands there twice');
        families.set(name, { type: '', help: rest, samples: [] });
        current = name;
      } else {
        const family = families.get(name) ?? wrong(line, 'a type without a help');
        if (name !== current || family.type !== '' || family.samples.length > 0)
          wrong(line, 'a type out of place');
        family.type = rest;
      }
      continue;
    }
    const [, name = '', labelText = '', value = ''] = SAMPLE.exec(line) ?? wrong(line, 'no sample');
    const owner = families.get(current)?.type === 'histogram' ? name.replace(OF_HISTOGRAM, '') : name;
    if (owner !== current) wrong(line, 'a sample outside of its family');
    const labels = readLabels(labelText, line);
    const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`;
    if (seen.has(key)) wrong(line, 'a sample stands there twice');
    seen.add(key);
    families.get(current)?.samples.push({ name, labels, value: Number(value.replace('Inf', 'Infinity')) });
  }
  const samples = [...families.values()].flatMap((family) => family.samples);
  return {
    families,
    samples,
    value: (name, labels = {}) =>
      samples.find((one) => one.name === name && isSame(one.labels, labels))?.value,
  };
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const at = LABEL.lastIndex;
    const [, name = '', value = ''] = LABEL.exec(text) ?? [];
    if (name === '' || name in labels) throw new Error(`labels that cannot be read at ${at}: ${line}`);
    labels[name] = value.replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
  }
  return labels;
}

function isSame(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
