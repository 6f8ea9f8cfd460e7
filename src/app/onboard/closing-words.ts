import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { targetsOf } from './ask-target.ts';
import { type CiName, ciSteps, loading } from './ci-steps.ts';
import { writtenValue } from './env-text.ts';
import type { Answers } from './onboard-answers.ts';
import type { Plan } from './save-plan.ts';

/** What there is to do after saving. */
export interface Closing {
  readonly answers: Answers;
  readonly envFile: string;
  readonly plan: Plan;
  /** Path of config-update of this build. */
  readonly program: string;
  /** Null for what the application's directory suggests. */
  readonly ci: CiName | null;
  /** Whether a person watches, and not a log. */
  readonly isTerminal: boolean;
}

/** Everything as plain text, to be copied. */
export function closingWords({ answers, envFile, plan, program: own, ci, isTerminal }: Closing): string {
  const appRoot = answers.settings.get('APP_ROOT') ?? '';
  const usual = join(appRoot, 'scripts/config-update');
  const program = existsSync(usual) ? usual : own;
  const target = targetsOf(answers).join(',');
  const chosen = ci ?? (existsSync(join(appRoot, '.gitlab-ci.yml')) ? 'gitlab' : 'github');
  const isStreaming = plan.dashboardKeys.length > 0;
  return [
    section('To load the settings', [
      `  in a shell:  ${loading(envFile)}`,
      `  in a unit of systemd:  EnvironmentFile=${envFile}`,
    ]),
    isStreaming ? dashboardWords(plan, isTerminal) : '',
    plan.newKey === null ? '' : keyWords(plan.newKey, chosen),
    section(`In CI (${NAMES[chosen]})`, [ciSteps(chosen, { program, envFile, target }).trimEnd()]),
  ].join('');
}

const NAMES: Readonly<Record<CiName, string>> = {
  github: 'GitHub Actions; examples/github-actions has the whole workflow',
  gitlab: 'GitLab; examples/gitlab has the whole job',
  other: 'any other',
};

function section(title: string, lines: readonly string[]): string {
  return `\n${title}\n${lines.map((line) => `${line}\n`).join('')}`;
}

function dashboardWords({ dashboardKeys }: Plan, isTerminal: boolean): string {
  if (!isTerminal)
    return section('For the dashboard', [
      '  The key that it checks signatures with is shown on a terminal alone, and never in a log.',
    ]);
  return section(
    'For the dashboard, shown this once; in a file, showcase-web keys add --file FILE takes it',
    [
      ...dashboardKeys.map((key) => `  ${key}`),
      '  It checks signatures with it, and cannot open deploy.enc.',
    ],
  );
}

function keyWords(path: string, ci: CiName): string {
  const how = {
    github: `  gh secret set DEPLOY_KEY < ${writtenValue(path)}`,
    gitlab: `  Settings, CI/CD, Variables: DEPLOY_KEY, masked and protected, with the content of ${path}`,
    other: `  Give the job the content of ${path} as the variable DEPLOY_KEY, as a secret`,
  }[ci];
  return section('For your CI: the secret DEPLOY_KEY (keep a copy of it, commit it nowhere)', [how]);
}
