import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetReport } from '../../../src/report/fleet-results.ts';
import { machine, report, told } from '../runs/played-update.ts';

/** Says for each kind of call what was laid down for it, and notes that it was called. */
const SCRIPT = `#!/bin/sh
cd "\${0%/*}" || exit 125
echo "$FLEET_BY $*" >>calls
case "$1" in --verify) kind=verify ;; --dry-run) kind=dry-run ;; *) kind=update ;; esac
if [ -e "hold-$kind" ]; then
  read -r go <"hold-$kind"
  rm "hold-$kind"
fi
cat "$kind.lines"
exit "$(cat "$kind.exit")"
`;

type Kind = 'update' | 'verify' | 'dry-run';

/** A config-update that is played, for everything that pages ask it. */
export class PlayedFleet {
  readonly dir = mkdtempSync(join(tmpdir(), 'played-fleet-'));
  readonly command: readonly string[] = [join(this.dir, 'config-update')];

  readonly #gates: number[] = [];

  constructor() {
    writeFileSync(join(this.dir, 'config-update'), SCRIPT, { mode: 0o755 });
    writeFileSync(join(this.dir, 'calls'), '');
    this.says('update', report());
    this.says('verify', verified());
    this.says('dry-run', rehearsed());
  }

  says(kind: Kind, ended: FleetReport, exit = 0): void {
    writeFileSync(join(this.dir, `${kind}.lines`), told(ended));
    writeFileSync(join(this.dir, `${kind}.exit`), `${exit}\n`);
  }

  /** The next call of that kind says nothing before the function that this returns is called. */
  hold(kind: Kind): () => void {
    const gate = join(this.dir, `hold-${kind}`);
    execFileSync('mkfifo', [gate]);
    // Open for reading, too, so that nobody waits for anybody.
    const fd = openSync(gate, 'r+');
    this.#gates.push(fd);
    return () => void writeSync(fd, 'go\n');
  }

  /** Arguments of each call, and who asked, oldest first. */
  get calls(): string[] {
    return readFileSync(join(this.dir, 'calls'), 'utf8').split('\n').filter(Boolean);
  }

  close(): void {
    for (const fd of this.#gates) closeSync(fd);
    rmSync(this.dir, { recursive: true });
  }
}

const INDEX = {
  etag: '"9b2c"',
  sha256: null,
  size: 94208,
  time: '2026-11-30T08:00:00.000Z',
  publishedAt: '2026-11-30T08:00:00.000Z',
  by: 'ada@admin',
} as const;

/** All machines have what is published. */
export function verified(changes: Partial<FleetReport> = {}): FleetReport {
  const machines = ['d89', 'e21', 'f07'].map((id) => machine(id, { outcome: 'same', etag: INDEX.etag }));
  return report({ operation: 'verify', index: INDEX, machines, ...changes });
}

/** One machine has another index, one does not answer, and one sleeps. */
export function outOfStep(): FleetReport {
  const hint = 'Look at its log: fly logs -i e21.';
  const error = { code: 'machine-failed' as const, message: 'e21 does not answer', hint };
  return verified({
    outcome: 'failed',
    machines: [
      machine('d89', { outcome: 'same', etag: INDEX.etag }),
      machine('e21', { outcome: 'failed', error }),
      machine('f07', { outcome: 'differs', etag: '"0815"' }),
    ],
    skipped: [{ id: 'a55', region: 'ams', state: 'suspended' }],
  });
}

function rehearsed(): FleetReport {
  const detail = '2 of 6 files would change, it would reload';
  return report({
    operation: 'dry-run',
    index: INDEX,
    publish: {
      kind: 'would-publish',
      index: INDEX,
      replaces: INDEX,
      differences: ['studio boston: name from "Boston" to "Boston Ballroom"'],
    },
    machines: ['d89', 'e21'].map((id) => machine(id, { outcome: 'dry-run', detail })),
  });
}
