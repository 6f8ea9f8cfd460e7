import type { Account } from '../rights/account.ts';

/** Variables that are only for this program: secrets, the paths of their files, and the sender of a request. */
const OURS =
  /^(?:(?:UPDATE_CONFIG|FLEET|CONFIG_UPDATE)_.*|HTTP_(?:AUTHORIZATION|COOKIE)|FLY_(?:API|ACCESS)_TOKEN.*|(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|SMTP_URL|METRICS_TOKEN|WEBHOOK_(?:KEY|GITHUB_SECRET|STORE_TOKEN|SIGNING_KEY|URLS))(?:_FILE)?)$/;

/** The variables of a CGI request, which its sender chooses. `HTTP_PROXY` is one of them. */
const OF_REQUEST =
  /^(?:HTTP|HTTPS|REQUEST|CONTENT|QUERY|SERVER|SCRIPT|REMOTE|REDIRECT|GATEWAY|AUTH|PATH_INFO|PATH_TRANSLATED)(?:_.*)?$/;

/** The environment of a program that has nothing to do with the request that is being answered, if any is. */
export function withoutRequest(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (env['GATEWAY_INTERFACE'] === undefined && env['REQUEST_METHOD'] === undefined) return env;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OF_REQUEST.test(name)));
}

/** The environment for a foreign program. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}

/** The same if it runs as another account: variables about the user and the home directory are that account's. */
export function environmentAs(env: NodeJS.ProcessEnv, { name, home }: Account): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => !/^(?:SUDO_.*|MAIL|XDG_.*)$/.test(key));
  return { ...Object.fromEntries(kept), HOME: home, USER: name, LOGNAME: name };
}
