/**
 * Takes the rights of an account, as every executable does that root starts, and runs a command as one of ours:
 * `node ours-process.ts <uid> <directory of that user's> <script>`.
 */
import { runChild } from '../../../src/child/run-child.ts';
import { assumeRights } from '../../../src/rights/rights.ts';

const [id = '', home = '/', script = ''] = process.argv.slice(2);
const uid = Number(id);
assumeRights({ name: 'app', uid, gid: uid, home }, home, { lasting: '/nowhere', running: '/nowhere' });
const outcome = await runChild({
  command: ['/bin/sh', '-c', script],
  cwd: '/',
  env: process.env,
  isOwnProgram: true,
  timeoutMs: 60_000,
  onLine: (line) => console.log(line),
});
console.log(JSON.stringify({ kind: outcome.kind, uid: process.geteuid?.() }));
