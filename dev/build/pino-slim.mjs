/**
 * An esbuild plugin that leaves out of a bundle what pino needs for writing to files, streams and worker threads of its
 * own. `src/report/pino.ts` gives it a `write` function, so none of that is ever called; if it were, the stub throws.
 */
const UNUSED = {
  'sonic-boom':
    'module.exports = class SonicBoom { constructor() { throw new Error("not in this bundle"); } };',
  './transport': 'module.exports = () => { throw new Error("not in this bundle"); };',
  './lib/transport': 'module.exports = () => { throw new Error("not in this bundle"); };',
  './multistream': 'module.exports = () => { throw new Error("not in this bundle"); };',
  './lib/multistream': 'module.exports = () => { throw new Error("not in this bundle"); };',
  worker_threads: 'exports.isMainThread = true;',
};

/** esbuild asks for what fits alone, without which every import of every file would be a question. */
const NAMES = new RegExp(`^(${Object.keys(UNUSED).join('|').replaceAll('.', '\\.')})$`);

export function pinoSlim() {
  return {
    name: 'pino-slim',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: NAMES }, ({ path, importer }) =>
        /[\\/]node_modules[\\/]pino[\\/][^@]*$/.test(importer) ? { path, namespace: 'pino-slim' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'pino-slim' }, ({ path }) => ({ contents: UNUSED[path] }));
    },
  };
}
