/** The key that the contract's vectors are signed with. */
export const KEY = '0123456789abcdef'.repeat(4);
export const RUN = '20260102T030405678Z-1f2e3d';
export const DEPLOY = '12345';

/** The vectors of the contract: checked there with npm standardwebhooks and with OpenSSL. */
export const VECTORS = [
  {
    path: 'status',
    body: `{"status":"started","git_sha":"abc123","git_ref":"main","ci_provider":"github_actions","ci_run_url":"https://github.com/user/repo/actions/runs/12345","deploy_id":"12345","run":"${RUN}","operation":"deploy","status_seq":1,"at":"2026-01-02T03:04:05.678Z","last_seq":0}`,
    bytes: 286,
    plan: 'sha256=004efb654dfee527a11b0fbb430ea8fffc6436b69baa30a7a7823d085fbb5070',
    id: `${RUN}_status_1`,
    timestamp: '1767323046',
    webhook: 'v1,1Lg+gRwirxdvpTGpVIqRX9+pvXJrSG4g7cEdCuqfXjk=',
  },
  {
    path: 'logs',
    body: `{"logs":[{"level":"step","message":"Syncing index database","logged_at":"2026-01-02T03:04:05.680Z","seq":1},{"level":"ok","message":"Published","logged_at":"2026-01-02T03:04:06.120Z","seq":2}],"deploy_id":"12345","run":"${RUN}","operation":"deploy","first_seq":1,"last_seq":2}`,
    bytes: 296,
    plan: 'sha256=0ce668dc9201d42d932c8e0f4b4931648a3c40efe7a2e9421c2d7c470e909127',
    id: `${RUN}_logs_1_2`,
    timestamp: '1767323047',
    webhook: 'v1,e3vKgYacSK0BLU9QNVmYcQ5kzAneN/eLMGWexi1M6gk=',
  },
  {
    path: 'status',
    body: `{"status":"completed","tunnels":[{"service_name":"fly","hostname":"example.fly.dev"}],"duration_seconds":2,"deploy_id":"12345","run":"${RUN}","operation":"deploy","status_seq":2,"at":"2026-01-02T03:04:07.900Z","last_seq":2,"dropped":0,"outcome":"done","exit_code":0}`,
    bytes: 286,
    plan: 'sha256=7d9461fb836cf649f0875d709ccfd3ced7ea4fb64dad6e029bde8cdb9587a562',
    id: `${RUN}_status_2`,
    timestamp: '1767323048',
    webhook: 'v1,y0MHpSERe2nulVvMWmaPNaxJMT1E2fA4s9La/JfU+48=',
  },
] as const;

export type Vector = (typeof VECTORS)[number];

/** The headers of a vector, as our sender sends them. */
export function headersOf({ id, timestamp, webhook, plan }: Vector): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'X-Nvoi-Signature': plan,
    'X-Nvoi-Deploy-Id': DEPLOY,
    'X-Nvoi-Run': RUN,
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': webhook,
  };
}
