import { join } from 'node:path';
import { build } from 'esbuild';
import { esbuildOutlines } from '../../../dev/outlines-plugin.mjs';
import { esbuildYaml } from '../../../dev/yaml-plugin.mjs';
import { COMPILED } from '../suite/helpers.ts';

/**
 * Makes one file of walk-process.ts, since Node reads no YAML as a module: below node_modules, where it finds the packages.
 *
 * @returns its path
 */
export async function buildWalk(): Promise<string> {
  const outfile = join(COMPILED, `walk-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'walk-process.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    define: { __BUNDLED__: 'false' },
    plugins: [esbuildYaml, esbuildOutlines],
  });
  return outfile;
}
