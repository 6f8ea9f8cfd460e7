import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { parseDocument } from 'yaml';

/** The file as JSON text: what a bundle or a test imports needs no YAML parser at run time. */
export function yamlAsJson(path) {
  const document = parseDocument(readFileSync(path, 'utf8'), { version: '1.2', stringKeys: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw new Error(`${relative(process.cwd(), path)}: ${problem.message}`);
  return JSON.stringify(document.toJS());
}

/** For esbuild: `import fly from './fly.yml'` is a plain object in the bundle. */
export const esbuildYaml = {
  name: 'yaml',
  setup(build) {
    build.onLoad({ filter: /\.yml$/ }, ({ path }) => ({
      contents: yamlAsJson(path),
      loader: 'json',
    }));
  },
};
