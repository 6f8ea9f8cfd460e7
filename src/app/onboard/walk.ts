import { resolve } from 'node:path';
import { enter } from '../enter.ts';
import type { World } from '../machine/machine-context.ts';
import { PLACE } from './ask-place.ts';
import type { Asker } from './asker.ts';
import { readEnvText } from './env-text.ts';
import { firstAnswers } from './first-answers.ts';
import { type Answers, environmentWith, worldWith } from './onboard-answers.ts';
import type { OnboardOptions } from './onboard-options.ts';
import type { Run } from './onboard-run.ts';
import { existingFile } from './planned-writes.ts';
import { planOf } from './save-plan.ts';
import type { Answered } from './saving.ts';
import { chosenPart, conclude, PARTS, takePart } from './wizard.ts';

/** What a walk begins with. */
type Known = Pick<Run, 'world' | 'options'>;

/** All parts, until somebody saves. @throws {Cancelled} */
export async function walk({ world, options }: Known, asker: Asker): Promise<Answered> {
  for (;;) {
    let { answers, envFile } = await begin({ world, options }, asker);
    for (const part of PARTS.slice(1)) answers = await takePart(part, { world, answers }, asker, false);
    for (;;) {
      if (options.yes) return { answers, envFile };
      const { writes } = planOf(answers, worldWith(world, answers), envFile);
      const files = writes.map(
        ({ path, before, what }) => `  ${path}${before === null ? ' (new)' : ''}: ${what}`,
      );
      const ending = await conclude({ world, answers }, asker, { files, isDryRun: options.dryRun });
      if (ending === 'save') return { answers, envFile };
      if (ending === 'again') break;
      answers = await takePart(await chosenPart(asker), { world, answers }, asker, true);
      envFile = envFileOf(options, answers.settings.get('APP_ROOT') ?? '');
    }
  }
}

/** The first part says where the file of settings is, which answers the others. */
async function begin({ world, options }: Known, asker: Asker): Promise<Answered> {
  const known = knownAnswers(world, options);
  const placed = await takePart(PLACE, { world, answers: known.answers }, asker, false);
  const { settings } = placed;
  const envFile = envFileOf(options, settings.get('APP_ROOT') ?? '');
  await takeRights(world, placed);
  if (envFile === known.envFile) return { answers: placed, envFile };
  const found = firstAnswers(options, savedSettings(envFile), world.env);
  const places = ['APP_ROOT', 'RAILS_DB_VOLUME'].map((name) => [name, settings.get(name) ?? ''] as const);
  return { answers: { ...found, settings: new Map([...found.settings, ...places]) }, envFile };
}

/** What is known before anybody is asked. */
export function knownAnswers(world: World, options: OnboardOptions): Answered {
  const appRoot = options.settings['APP_ROOT'] ?? (world.env['APP_ROOT'] || world.defaultAppRoot);
  const envFile = envFileOf(options, appRoot);
  return { answers: firstAnswers(options, savedSettings(envFile), world.env), envFile };
}

/** With whose rights everything is done from then on; what it finds in the environment does not count here. */
export async function takeRights(world: World, answers: Answers): Promise<void> {
  const { problem } = await enter({ ...world, env: environmentWith(world.env, answers) });
  if (problem) throw problem;
}

function envFileOf({ envFile }: OnboardOptions, appRoot: string): string {
  return envFile === null ? resolve(appRoot, 'config/showcase.env') : resolve(envFile);
}

function savedSettings(path: string): Map<string, string | null> {
  return readEnvText(existingFile(path)?.bytes.toString('utf8') ?? '');
}
