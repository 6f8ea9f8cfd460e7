import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { viteOutlines } from './dev/outlines-plugin.mjs';
import { viteYaml } from './dev/yaml-plugin.mjs';

/** Production's own index and what it expects for it stand beside the repository, or nowhere. */
const hasShared = existsSync(resolve(import.meta.dirname, '../shared/golden'));

export default defineConfig({
  plugins: [viteYaml, viteOutlines],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup.ts'],
    exclude: [...configDefaults.exclude, ...(hasShared ? [] : ['test/**/*.shared.test.ts'])],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What is polled for comes; a machine that is busy with other tests only takes longer.
    expect: { poll: { timeout: 60_000, interval: 20 } },
  },
});
