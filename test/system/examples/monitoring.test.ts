/** What is to be copied for monitoring, against what the programs really give. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderFigures } from '../../../src/metrics/exposition.ts';
import { fleetFigures, verifyFigures } from '../../../src/metrics/fleet-figures.ts';
import { machineFigures, refusalFigures } from '../../../src/metrics/machine-figures.ts';
import { operationFigures, successFigures } from '../../../src/metrics/operation-figures.ts';
import type { Summary } from '../../../src/report/results.ts';
import { ROOT } from '../../support/machine/machine.ts';
import { type Metrics, readMetrics } from '../../support/machine/metrics.ts';
import { atEnd } from '../../support/suite/at-end.ts';
import { outOfStep } from '../../support/web/played-fleet.ts';
import { startWeb } from '../../support/web/web-server.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const RULES = (
  parse(read('examples/monitoring/alerts.yml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap(({ rules }) => rules);
const PANELS = (JSON.parse(read('examples/monitoring/grafana.json')) as { panels: Panel[] }).panels;
const DOCUMENT = read('docs/MONITORING.md');

/** Those that have a name of ours, or of prom-client's. */
const METRIC = /\b(?:showcase|process|nodejs)_[a-z0-9_]+/g;
const SELECTOR = /\b((?:showcase|process|nodejs)_[a-z0-9_]+)\{([^}]*)\}/g;
/** What Prometheus adds. */
const ADDED = ['job', 'instance', 'le'];

/** A machine and a fleet on which everything there can be is so. */
function everyFigure(): string {
  const problem = { code: 'store-unreachable', message: 'm', hint: 'h' } as const;
  const run = {
    run: 'r',
    beganAt: '2026-01-02T03:04:05.000Z',
    durationMs: 5,
    errorCode: problem.code,
  } as const;
  const installed = {
    digest: '',
    held: true,
    etag: null,
    sha256: '',
    size: 1,
    time: new Date(0),
    source: 'local',
  } as const;
  const [machine, host] = [
    { machine: 'm', region: 'iad', version: '1', node: 'v24' },
    { version: '1', node: 'v24' },
  ];
  const figures = machineFigures({
    ...machine,
    runs: [
      { ...run, trigger: 'cgi', kind: 'plain', outcome: 'failed', changed: [] },
      { ...run, trigger: 'cgi', kind: 'plain', outcome: 'updated', changed: [] },
    ],
    remembered: { installed, pendingReload: true, owedUpdate: problem },
    index: { time: run.beganAt, size: 1 },
    contents: { events: 1, warnings: 1 },
    databases: { all: 3, missing: 2, behind: 1 },
  });
  const summary: Summary = {
    ...{ run: 'r', operation: 'ready', machine: 'm', region: null, outcome: 'done' },
    ...{ counts: { 'not migrated': 1 }, failures: [], steps: [{ name: 's', ms: 5 }] },
  };
  const ofFleet = { who: 'ada@admin', target: 'fly', operation: 'update', undoes: null } as const;
  const counts = { published: null, etag: null, updated: 1, failed: ['m'], skipped: 1 };
  const rows = (['failed', 'done'] as const).map((outcome) => ({ ...run, ...ofFleet, ...counts, outcome }));
  return renderFigures([
    ...figures,
    ...refusalFigures(problem.code),
    ...operationFigures(summary, 1000),
    ...successFigures(summary, 1000),
    ...fleetFigures(rows, host),
    ...verifyFigures(outOfStep(), 'fly', 1000),
  ]);
}

let web: Metrics;
let ofMachine: Metrics;
beforeAll(async () => {
  const server = await startWeb();
  await server.ask('/up');
  web = readMetrics(await (await server.ask('/metrics')).text());
  ofMachine = readMetrics(everyFigure());
});

/** With those that make up a histogram. */
const names = (): Set<string> => {
  const families = [...web.families, ...ofMachine.families];
  return new Set(
    families.flatMap(([name, { type }]) =>
      type === 'histogram' ? ['', '_bucket', '_sum', '_count'].map((part) => name + part) : [name],
    ),
  );
};
const ours = (): string[] =>
  [...web.families.keys(), ...ofMachine.families.keys()]
    .filter((name) => name.startsWith('showcase_'))
    .sort();

describe('docs/MONITORING.md', () => {
  const rows = [...DOCUMENT.matchAll(/^\| `(showcase_[a-z_]+)` \|/gm)].map(([, name = '']) => name);

  it('explains every metric that the programs give, once, and no other', () => {
    expect([...rows].sort()).toEqual(ours());
  });

  it('says of each metric of the web server which type it is', () => {
    for (const [name, { type }] of web.families)
      if (name.startsWith('showcase_')) expect(DOCUMENT).toContain(`| \`${name}\` | ${type} |`);
  });

  it('says what to do about every alert, and about no other', () => {
    const table = DOCUMENT.split('\n## Alerts\n')[1]?.split('\n## ')[0] ?? '';
    const explained = [...table.matchAll(/`(Showcase[A-Za-z]+)`/g)].map(([, name = '']) => name);
    expect(explained.sort()).toEqual(RULES.map(({ alert }) => alert).sort());
  });
});

describe('what is to be copied for monitoring', () => {
  const expressions = [
    ...RULES.map(({ expr }) => expr),
    ...PANELS.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  ];

  it('names only metrics that the programs give', () => {
    const used = new Set(expressions.flatMap((expr) => expr.match(METRIC) ?? []));
    expect([...used].filter((name) => !names().has(name))).toEqual([]);
    expect(used.size).toBeGreaterThan(30);
  });

  it('asks for labels, and values of labels, that they have', () => {
    const samples = [...web.samples, ...ofMachine.samples];
    for (const expr of expressions) {
      for (const [, name = '', labels = ''] of expr.matchAll(SELECTOR)) {
        const of = samples.filter((one) => one.name === name);
        for (const [, label = '', values = ''] of labels.matchAll(/(\w+)=~?"([^"]*)"/g)) {
          if (ADDED.includes(label) || of.length === 0) continue;
          const known = new Set(of.map((one) => one.labels[label]));
          expect([expr, label, known.has(undefined)]).toEqual([expr, label, false]);
          if (label === 'status') continue;
          const missing = values.split('|').filter((value) => !known.has(value));
          // Outboxes have the states that occur, runs the outcomes that have.
          if (!/outbox_messages|run_last_end/.test(name)) expect([expr, missing]).toEqual([expr, []]);
        }
      }
    }
  });

  it('has a name of its own for each alert, with how grave it is and what to say', () => {
    expect(new Set(RULES.map(({ alert }) => alert)).size).toBe(RULES.length);
    for (const { alert, labels, annotations } of RULES) {
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(?:critical|warning|info)$/)]);
      expect([alert, annotations.summary]).toEqual([alert, expect.stringMatching(/./)]);
    }
  });

  it('has panels that do not lie over each other, each with something to show', () => {
    const taken = new Set<string>();
    for (const { title, type, gridPos, targets = [] } of PANELS) {
      if (type !== 'row')
        expect([title, targets.length]).toEqual([title, expect.toSatisfy((count: number) => count > 0)]);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, x < 24, taken.has(`${x} ${y}`)]).toEqual([title, true, false]);
          taken.add(`${x} ${y}`);
        }
    }
  });
});

describe('the mail about a unit that failed', () => {
  const UNIT = 'mail-to-operators@.service';
  const scratch = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'mail-unit-'));
    atEnd(() => rmSync(directory, { recursive: true }));
    return directory;
  };

  it('is sent by a unit about which systemd has nothing to say', () => {
    const root = scratch();
    for (const path of ['etc/systemd/system', 'usr/lib/systemd', 'bin'])
      mkdirSync(join(root, path), { recursive: true });
    cpSync('/usr/lib/systemd/system', join(root, 'usr/lib/systemd/system'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    writeFileSync(join(root, 'bin/sh'), '', { mode: 0o755 });
    cpSync(join(ROOT, 'examples/monitoring', UNIT), join(root, 'etc/systemd/system', UNIT));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', `--root=${root}`, UNIT], {
      encoding: 'utf8',
    });
    expect([status, stdout + stderr]).toEqual([0, '']);
  });

  it('has the unit, the host and the last lines in it', () => {
    const bin = scratch();
    const program = (name: string, script: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    program('systemctl', 'echo "the last lines of $5"; exit 3');
    program('sendmail', `cat >'${bin}/mail'`);
    const command = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(read(`examples/monitoring/${UNIT}`))?.[1] ?? '';
    const expanded = command
      .replaceAll('%i', 'showcase-verify.service')
      .replaceAll('%H', 'admin')
      .replaceAll('$$', '$');
    const env = { PATH: `${bin}:/usr/bin:/bin`, MAIL_TO: 'operators@example.com' };
    execFileSync('/bin/sh', ['-c', expanded], { env });
    expect(readFileSync(join(bin, 'mail'), 'utf8')).toBe(
      'To: operators@example.com\nSubject: showcase-verify.service failed on admin\n\nthe last lines of showcase-verify.service\n',
    );
  });
});
