/** Whether the project runs on a Node. */
import { spawnSync } from 'node:child_process';

/** Of Node-API, for which better-sqlite3's addon is built. */
const NODE_API = 10;
const FACTS = 'JSON.stringify([process.versions, process.features].map((all) => ({ ...all })))';

/** Of a Node's `process`. It must strip types, too: the project's own programs are TypeScript. */
export function isNewEnough({ napi }, { typescript }) {
  return Number(napi) >= NODE_API && Boolean(typescript);
}

/** @returns {{ isNewEnough: boolean, said: string }} `said`: why not */
export function tryNode(program) {
  const { stdout, stderr, error } = spawnSync(program, ['-p', FACTS], { encoding: 'utf8' });
  try {
    const [versions, features] = JSON.parse(stdout);
    return { isNewEnough: isNewEnough(versions, features), said: `it is Node ${versions.node}` };
  } catch {
    return { isNewEnough: false, said: (error?.message || stderr || 'it says nothing').trim() };
  }
}
