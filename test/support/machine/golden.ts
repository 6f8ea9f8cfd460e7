/** For comparing what we write with what production wrote. */

/** A copy without what this project chooses itself: its own script, its hooks, and the size of this machine. */
export function masked(config: unknown): unknown {
  const copy = structuredClone(config) as {
    hooks?: unknown;
    server: { cgi_scripts: { script?: string }[] };
    applications?: { pools: { max_size?: number } };
  };
  delete copy.hooks;
  for (const script of copy.server.cgi_scripts) delete script.script;
  delete copy.applications?.pools.max_size;
  return copy;
}

/** The golden values hold Ruby's symbols as plain texts. */
export function withoutColons(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutColons);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.replace(/^:/, ''), withoutColons(item)]),
  );
}
