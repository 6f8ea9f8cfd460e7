import { resolve } from 'node:path';

/**
 * Has Node import the tests and what they test, as it does with everything that we start: Vite would wrap each module, which
 * costs a tenth of the CPU seconds of all workers, since each name that is imported is then looked up where it is used.
 */
export const importedByNode = {
  execArgv: ['--import', resolve(import.meta.dirname, '../../../dev/source-hooks.mjs')],
  // Nothing is mocked, so nothing needs a loader of vitest's.
  experimental: { viteModuleRunner: false, nodeLoader: false },
};
