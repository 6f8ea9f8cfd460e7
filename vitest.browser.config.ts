import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { viteYaml } from './dev/yaml-plugin.mjs';

/** Production's own index stands beside the repository, or nowhere. */
const hasShared = existsSync(resolve(import.meta.dirname, '../shared/golden'));

/** The prerendered pages in a real browser: needs Debian's `chromium`. One browser a file, and few files at once. */
export default defineConfig({
  plugins: [viteYaml],
  test: {
    include: ['test/**/*.browser.ts'],
    exclude: [...configDefaults.exclude, ...(hasShared ? [] : ['test/**/*.shared.browser.ts'])],
    maxWorkers: 3,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
