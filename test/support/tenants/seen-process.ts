/** `node seen-process.ts STATE-DIR PREFIX COUNT`: opens what is known of the store and writes to it that many times. */
import { openSeen } from '../../../src/tenants/seen.ts';

const [home = '', prefix = '', count = '0'] = process.argv.slice(2);
const seen = openSeen(home);
for (let at = 0; at < Number(count); at++) {
  seen.record(`${prefix}-${at}`, { etag: '"x"', time: new Date(at), digest: null });
}
seen.close();
