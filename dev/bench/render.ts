import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import type { ColdRow } from './cold.ts';
import type { Growth, GrowthRow } from './growth.ts';
import { exponent } from './numbers.ts';

const PEAK_GOAL = 2;
const LARGEST = { ms: 3000, MiB: 400 };

export interface Figures {
  readonly cold: readonly ColdRow[];
  readonly growth: Growth | null;
  /** One-minute load average before the first and after the last run. */
  readonly load: readonly [number, number];
}

/** The generated part of docs/BENCHMARKS.md. */
export function renderFigures(figures: Figures, at: Date): string {
  const { cold, growth } = figures;
  return [
    renderMachine(figures, at),
    ...(cold.length > 0 ? ['### A cold process against `node -e 0`\n', renderCold(cold)] : []),
    ...(growth ? ['\n### Growth\n', renderGrowth(growth)] : []),
  ].join('\n');
}

function renderMachine({ load }: Figures, at: Date): string {
  const { node, v8 } = process.versions;
  const cpu = cpus();
  const packages = PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return [
    `Measured ${at.toISOString().slice(0, 10)} by \`npm run bench\`.`,
    '',
    `- Machine: ${cpu.length} x ${cpu[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}`,
    `- Versions: Node ${node} (V8 ${v8}), ${packages}`,
    `- Load average before and after: ${load.map((value) => value.toFixed(1)).join(', ')}; above the number of CPUs,`,
    '  other work has slowed the times down',
    '',
  ].join('\n');
}

/** Those whose code a measured run executes, or that make it. */
const PACKAGES = ['better-sqlite3', '@aws-sdk/client-s3', 're2js', 'pino', 'esbuild'];

function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`../../node_modules/${name}/package.json`) as {
    version: string;
  };
  return version;
}

function renderCold(rows: readonly ColdRow[]): string {
  return table(
    [
      'run',
      'bare Node',
      'update_config',
      'ratio (middle half)',
      'goal',
      'fastest',
      'CPU time',
      'peak memory',
      'goal',
    ],
    rows.map((row) => {
      const [low, high] = row.quartiles;
      return [
        row.name,
        ms(row.bareMs),
        ms(row.ms),
        `${row.ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
        goal(row.ratio, row.goal),
        row.fastestRatio.toFixed(2),
        row.cpuRatio.toFixed(2),
        `${mib(row.peakMiB)}, ${row.peakRatio.toFixed(2)}`,
        goal(row.peakRatio, row.goal === null ? null : PEAK_GOAL),
      ];
    }),
  );
}

function renderGrowth({ rows: growth, bareMs, barePeakMiB }: Growth): string {
  const rows = growth.map((row) => [
    row.events.toLocaleString('en-US'),
    row.studios.toLocaleString('en-US'),
    `${(row.indexBytes / 2 ** 20).toFixed(1)} MiB`,
    ms(row.installMs),
    ms(row.fastestMs),
    ms(row.unchangedMs),
    mib(row.installPeakMiB),
    mib(row.unchangedPeakMiB),
  ]);
  const steps = growth.slice(1).map((row, at) => {
    const before = growth[at] ?? row;
    const over = (key: keyof GrowthRow, base: number) =>
      exponent([before.events, row.events], [before[key] - base, row[key] - base]).toFixed(2);
    const size = (events: number) => events.toLocaleString('en-US');
    return [
      `${size(before.events)} to ${size(row.events)}`,
      over('installMs', bareMs),
      over('unchangedMs', bareMs),
      over('installPeakMiB', barePeakMiB),
      over('unchangedPeakMiB', barePeakMiB),
    ];
  });
  const last = growth.at(-1);
  const most = Math.max(last?.installMs ?? 0, last?.unchangedMs ?? 0);
  const peak = Math.max(last?.installPeakMiB ?? 0, last?.unchangedPeakMiB ?? 0);
  return [
    table(
      [
        'events',
        'studios',
        'index',
        'first install',
        'fastest',
        'unchanged',
        'peak, install',
        'peak, unchanged',
      ],
      rows,
    ),
    `\nThe largest takes ${ms(most)} (goal: ${goal(most, LARGEST.ms)}) and ${mib(peak)} (goal: ${goal(peak, LARGEST.MiB)}).\n`,
    'Exponents of growth, over what bare Node takes (1 is in proportion to the events, below 1 slower):\n',
    table(['events', 'install time', 'unchanged time', 'install memory', 'unchanged memory'], steps),
  ].join('\n');
}

const ms = (value: number): string => `${Math.round(value)} ms`;
const mib = (value: number): string => `${Math.round(value)} MiB`;

function goal(value: number, most: number | null): string {
  return most === null ? '' : `at most ${most}: ${value <= most ? 'met' : 'MISSED'}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    `|${head.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}
