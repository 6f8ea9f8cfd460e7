import { hostname, userInfo } from 'node:os';

const LONGEST = 100;

/**
 * Who runs this: `user@host`, as the store's metadata takes it. Where the application runs it for somebody,
 * `FLEET_BY` says for whom; behind sudo it is the person who called sudo.
 */
export function whoRuns(env: NodeJS.ProcessEnv): string {
  const user = env['FLEET_BY'] || env['SUDO_USER'] || userName(env);
  const name = user.includes('@') ? user : `${user}@${hostname()}`;
  return name.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, LONGEST);
}

function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    return env['USER'] || 'unknown'; // a uid without a name, as in containers
  }
}
