import { hostname, userInfo } from 'node:os';

const LONGEST = 100;

/**
 * Who runs this: `user@host`, in characters that the store's metadata allows. If the application runs it for a person,
 * `FLEET_BY` names that person; behind sudo it is the person who called sudo.
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
