import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../support/machine/machine.ts';

// A demo starts a fleet.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const run = promisify(execFile);

/** A demo as `npm run` starts it, once everything is built. Rejects when it fails or warns. */
async function demo(name: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join(ROOT, 'dev', name)], { cwd: ROOT });
  expect(stderr).toBe('');
  return stdout;
}

describe('the demo', () => {
  it('of the fleet ends by itself, with eight machines that have the index of the store', async () => {
    const output = await demo('demo-fleet.ts');
    expect(output.match(/Successfully updated: 8 machines/g)).toHaveLength(2);
    expect(output).toContain('Verified: 8 machines as expected, 0 not');
  });
});
