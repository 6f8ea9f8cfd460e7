/** What the preamble of an executable (`dev/build/`) leaves for us: its version, and a digest of the program. */
const BUILD = Symbol.for('showcase-config.build');

/** Where this program was not built, such as in a test of its sources. */
const UNBUILT = { version: '0.0.0', build: null };

/** The release that this program is of, and what tells builds of the same release apart; null for none. */
export function versionNow(): { readonly version: string; readonly build: string | null } {
  const [version, build]: unknown[] = [Reflect.get(globalThis, BUILD) ?? []].flat();
  return typeof version === 'string' && typeof build === 'string' ? { version, build } : UNBUILT;
}
