/**
 * `npm run audit`: asks the registry whether a hole is known in any package of the lock file. Everything is a development
 * dependency here, since the executables are bundles, so none is left out. Ends with 1 for one of high or critical severity.
 * Without an answer nothing is known, which is said, and is no failure: whoever works without a network can build all the same.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds. */
const PATIENCE = 20_000;
const GRAVE = ['high', 'critical'];

const { stdout, error } = spawnSync('npm', ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=5000'], {
  cwd: dirname(dirname(fileURLToPath(import.meta.url))),
  encoding: 'utf8',
  timeout: PATIENCE,
  killSignal: 'SIGKILL',
});
const holes = holesIn(stdout ?? '');
if (holes === null) {
  process.stdout.write(
    `Not known whether packages have holes: ${error?.code ?? 'the registry does not tell'}\n`,
  );
} else {
  for (const { name, severity, what } of holes) process.stdout.write(`${severity}: ${name}: ${what}\n`);
  const grave = holes.filter(({ severity }) => GRAVE.includes(severity)).length;
  process.stdout.write(`${holes.length} packages with known holes, ${grave} of them high or critical\n`);
  if (grave > 0) process.exitCode = 1;
}

/** @returns null for something that is not a report */
function holesIn(text) {
  try {
    const { auditReportVersion, vulnerabilities } = JSON.parse(text);
    if (auditReportVersion !== 2) return null;
    return Object.values(vulnerabilities).map(({ name, severity, via }) => ({
      name,
      severity,
      what: via
        .map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} (${one.url})`))
        .join('; '),
    }));
  } catch {
    return null;
  }
}
