import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { importedByNode } from './test/support/suite/imported-by-node.ts';
import { LongestFirst } from './test/support/suite/longest-first.ts';
import { scratchVariables } from './test/support/suite/scratch.ts';

/** Production's own index stands beside the repository, or nowhere. */
const hasShared = existsSync(resolve(import.meta.dirname, '../shared/golden'));

/** The prerendered pages, and those of the web, in a real browser: needs Debian's `chromium-headless-shell`. One browser a file, and few files at once. */
export default defineConfig({
  test: {
    ...importedByNode,
    include: ['test/**/*.browser.ts'],
    setupFiles: ['test/support/suite/setup.ts'],
    exclude: [...configDefaults.exclude, ...(hasShared ? [] : ['test/**/*.shared.browser.ts'])],
    env: scratchVariables(),
    // .ci/run has these beside all other tests: so few that both have work to the end.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // Modules are loaded once a worker, not once a file: none of ours keeps a state that a test could leave behind.
    isolate: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // What is polled for comes; a machine that is busy with other tests only takes longer.
    expect: { poll: { timeout: 60_000, interval: 20 } },
  },
});
