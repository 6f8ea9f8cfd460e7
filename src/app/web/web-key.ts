import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk } from '../../files/disk.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { ownershipOfApplication, writeNewFile } from '../../rights/files.ts';

const BYTES = 32;

/**
 * The key of the seals of this server, in its state directory; made where there is none, so that open forms and pages
 * outlive a restart. A user who can read it can read the index too.
 *
 * @throws {Failure} `disk`
 */
export function webKey(stateDir: string): Buffer {
  const path = join(stateDir, 'web.key');
  return onDisk('cannot prepare', path, () => {
    const found = readRegularFile(path, BYTES);
    if (found.kind === 'file' && found.bytes.length === BYTES) return found.bytes;
    const key = randomBytes(BYTES);
    const staged = `${path}.${randomBytes(4).toString('hex')}`;
    writeNewFile(staged, [key], ownershipOfApplication(0o600));
    renameSync(staged, path);
    return key;
  });
}
