import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { helperVariables } from './test/support/suite/helpers.ts';
import { importedByNode } from './test/support/suite/imported-by-node.ts';
import { LongestFirst } from './test/support/suite/longest-first.ts';
import { scratchVariables } from './test/support/suite/scratch.ts';

/** Production's own index and what it expects for it stand beside the repository, or nowhere. */
const hasShared = existsSync(resolve(import.meta.dirname, '../shared/golden'));

// A developer's proxy is none for the servers that tests start on 127.0.0.1, and `fetch` would use it.
delete process.env['NODE_USE_ENV_PROXY'];

export default defineConfig({
  test: {
    ...importedByNode,
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/suite/setup.ts'],
    env: { ...scratchVariables(), ...helperVariables() },
    exclude: [...configDefaults.exclude, ...(hasShared ? [] : ['test/**/*.shared.test.ts'])],
    // Most tests wait for processes that they have started: only more files than CPUs at a time keep these busy.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    // Modules are loaded once a worker, not once a file: none of ours keeps a state that a test could leave behind.
    isolate: false,
    // These end tests that hang, and say nothing of speed. A file whose tests take longer where four workers share two
    // CPUs sets three minutes for itself, and says why.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is polled for comes; a machine that is busy with other tests only takes longer.
    expect: { poll: { timeout: 60_000, interval: 20 } },
  },
});
