import { cpus, release, totalmem, type } from 'node:os';
import type { ColdRow } from './cold.ts';
import type { GrowthRow } from './growth.ts';
import { exponent } from './numbers.ts';

const PEAK_GOAL = 2;
const LARGEST = { ms: 3000, MiB: 400 };

export interface Figures {
  readonly cold: readonly ColdRow[];
  readonly growth: readonly GrowthRow[];
  readonly bareMs: number;
  readonly barePeakMiB: number;
  /** One-minute load average before the first and after the last run. */
  readonly load: readonly [number, number];
}

/** The generated part of docs/BENCHMARKS.md. */
export function renderFigures(figures: Figures, at: Date): string {
  return [
    renderMachine(figures, at),
    '### A cold process against `node -e 0`\n',
    renderCold(figures.cold),
    '\n### Growth\n',
    renderGrowth(figures),
  ].join('\n');
}

function renderMachine({ load }: Figures, at: Date): string {
  const { node, v8 } = process.versions;
  const cpu = cpus();
  const lines = [
    `Measured ${at.toISOString().slice(0, 10)} by \`npm run bench\` on ${type()} ${release()}, ${cpu.length} CPUs`,
    `(${cpu[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB; Node ${node} (V8 ${v8}).`,
    `Load average before and after: ${load.map((value) => value.toFixed(1)).join(', ')}; above the number of CPUs, other`,
    'work has slowed the times down.',
  ];
  return `${lines.join('\n')}\n`;
}

function renderCold(rows: readonly ColdRow[]): string {
  return table(
    ['run', 'bare Node', 'update_config', 'ratio (middle half)', 'goal', 'CPU time', 'peak memory', 'goal'],
    rows.map((row) => {
      const [low, high] = row.quartiles;
      return [
        row.name,
        ms(row.bareMs),
        ms(row.ms),
        `${row.ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
        goal(row.ratio, row.goal),
        row.cpuRatio.toFixed(2),
        `${mib(row.peakMiB)}, ${row.peakRatio.toFixed(2)}`,
        goal(row.peakRatio, row.goal === null ? null : PEAK_GOAL),
      ];
    }),
  );
}

function renderGrowth({ growth, bareMs, barePeakMiB }: Figures): string {
  const rows = growth.map((row) => [
    row.events.toLocaleString('en-US'),
    row.studios.toLocaleString('en-US'),
    `${(row.indexBytes / 2 ** 20).toFixed(1)} MiB`,
    ms(row.installMs),
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
      ['events', 'studios', 'index', 'first install', 'unchanged', 'peak, install', 'peak, unchanged'],
      rows,
    ),
    `\nGoal for the largest: ${goal(most, LARGEST.ms)} ms, ${goal(peak, LARGEST.MiB)} MiB.\n`,
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
