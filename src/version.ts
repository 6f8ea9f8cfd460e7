import { BUILD_ID } from './build-id.ts';

/** What the preamble of an executable (`dev/build/`) leaves for us. */
const VERSION = Symbol.for('showcase-config.version');

/** Hexadecimal digits of a build's id that tell it from others. */
const DIGITS = 12;

/** The release that this program is of, and what tells builds of it apart: `0.0.0` and null for one that was not built. */
export function versionNow(): { readonly version: string; readonly build: string | null } {
  const version: unknown = Reflect.get(globalThis, VERSION);
  if (typeof version !== 'string' || BUILD_ID === null) return { version: '0.0.0', build: null };
  return { version, build: BUILD_ID.slice(0, DIGITS) };
}

/** Both in one word, such as `0.1.0+1f2e3d4c5b6a`. */
export function versionText(): string {
  const { version, build } = versionNow();
  return build === null ? version : `${version}+${build}`;
}
