/**
 * `npm run audit`: asks the registry whether a hole is known in any package of the lock files: the project's, and that of the site of the
 * documents. Everything is a development dependency here, since the executables are bundles, so none is left out. Ends with 1 for one of high or critical severity.
 * Without an answer nothing is known, which is said, and is no failure: whoever works without a network can build all the same.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Milliseconds. */
const PATIENCE = 20_000;
const GRAVE = ['high', 'critical'];

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const answers = [];
for (const directory of [ROOT, join(ROOT, 'dev/docs-site')]) {
  answers.push(ask(directory));
  if (answers.at(-1).holes === null) break; // a registry that is silent is not asked again
}
const unanswered = answers.find(({ holes }) => holes === null);
if (unanswered) {
  process.stdout.write(
    `Not known whether packages have holes: ${unanswered.error?.code ?? 'the registry does not tell'}\n`,
  );
} else {
  const holes = answers.flatMap((answer) => answer.holes);
  for (const { name, severity, what } of holes) process.stdout.write(`${severity}: ${name}: ${what}\n`);
  const grave = holes.filter(({ severity }) => GRAVE.includes(severity)).length;
  process.stdout.write(`${holes.length} packages with known holes, ${grave} of them high or critical\n`);
  if (grave > 0) process.exitCode = 1;
}

/** @param directory with a lock */
function ask(directory) {
  const { stdout, error } = spawnSync(
    'npm',
    ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=5000'],
    {
      cwd: directory,
      encoding: 'utf8',
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    },
  );
  return { holes: holesIn(stdout ?? ''), error };
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
