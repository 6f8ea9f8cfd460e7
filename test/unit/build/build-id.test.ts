import { describe, expect, it } from 'vitest';
import { idOf, PLACE, withId } from '../../../dev/build/build-id.mjs';

const LOCK = ['{}'];
const executables = (text: string) => [
  [[{ name: './start.js', text: 'start()' }]],
  [[{ name: './update_config.js', text: `update('${PLACE}')` }], [{ name: './yaml.js', text }]],
];
const id = idOf(LOCK, executables('parse()'));

describe('the id of a build', () => {
  it('is another one where code of a package is, though no source and no version is', () => {
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(idOf(LOCK, executables('parse()'))).toBe(id);
    expect(idOf(LOCK, executables('parseOtherwise()'))).not.toBe(id);
  });

  it('is another one under another lock file, which knows the version of the addon', () => {
    expect(idOf(['{ }'], executables('parse()'))).not.toBe(id);
  });

  it('is put where the code asks for it, and nowhere else', () => {
    expect(executables('parse()').map((parts) => withId(parts, id))).toEqual([
      [[{ name: './start.js', text: 'start()' }]],
      [[{ name: './update_config.js', text: `update('${id}')` }], [{ name: './yaml.js', text: 'parse()' }]],
    ]);
  });
});
