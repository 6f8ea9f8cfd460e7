/**
 * For Node, what `source-plugins.mjs` is for esbuild: `node --import dev/source-hooks.mjs`. It imports what is not a JavaScript
 * file as a module whose default export it is.
 */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { clientAsJson } from './client-plugin.mjs';
import { outlinesAsJson } from './outlines-plugin.mjs';
import { yamlAsJson } from './yaml-plugin.mjs';

/** What is made when it is imported, by the word before its name. */
export const make = { outlines: outlinesAsJson, client: clientAsJson };
const MADE = /^(outlines|client):(\w+)$/;

registerHooks({
  resolve: (specifier, context, next) =>
    MADE.test(specifier) ? { url: specifier, shortCircuit: true } : next(specifier, context),
  load(url, context, next) {
    const [, by, name] = MADE.exec(url) ?? [];
    if (by) {
      const made = `JSON.parse(await make.${by}('${name}'))`; // here nothing can be waited for
      return moduleOf(`import { make } from '${import.meta.url}';\nexport default ${made};`);
    }
    return url.endsWith('.yml')
      ? moduleOf(`export default ${yamlAsJson(fileURLToPath(url))};`)
      : next(url, context);
  },
});

function moduleOf(source) {
  return { format: 'module', source, shortCircuit: true };
}
