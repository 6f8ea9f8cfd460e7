/** For a program that is started by hand, under whatever Node there is. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where this Node cannot run the project's own programs, starts this one again under the clone's, and ends with it. */
export function runUnderOwnNode(root) {
  if (process.features.typescript) return;
  const own = join(root, 'node_modules/.bin/node');
  if (!existsSync(own) || process.env.SHOWCASE_CONFIG_STARTED_BY) {
    console.error(
      `This needs Node 22.18 or newer, and was started with ${process.version}. Run: npm run setup`,
    );
    process.exit(1);
  }
  const env = { ...process.env, SHOWCASE_CONFIG_STARTED_BY: process.version };
  const { status, signal } = spawnSync(own, process.argv.slice(1), { env, stdio: 'inherit' });
  if (signal) process.kill(process.pid, signal);
  process.exit(status ?? 1);
}
