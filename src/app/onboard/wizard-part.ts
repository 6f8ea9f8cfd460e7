import { readSecretFile } from '../../rights/secret-file.ts';
import type { World } from '../machine/machine-context.ts';
import {
  type Asker,
  type Finding,
  firstProblem,
  lineProblem,
  problemIn,
  type Row,
  required,
} from './asker.ts';
import { type Answers, hasSecret, type PartName, type SecretName, withSettings } from './onboard-answers.ts';

/** One part of the way: what is asked, and how the answers are checked. */
export interface Part {
  readonly name: PartName;
  readonly title: string;
  /** Options that answer it, for who has no terminal. */
  readonly flags: string;
  /** Whether everything is there that must be. */
  readonly isAnswered: (answers: Answers) => boolean;
  /** The answers as people may see them. */
  readonly rows: (answers: Answers, world: World) => readonly Row[];
  readonly ask: (answers: Answers, asker: Asker, world: World) => Promise<Answers>;
  /** What is said while it is checked. */
  readonly checking: string;
  /**
   * @param world as programs will find it that are started with these answers
   * @throws {Failure} `config-invalid`: an answer is malformed
   */
  readonly check: (answers: Answers, world: World, signal: AbortSignal) => Promise<Finding>;
}

/** What people see of settings, those that are not there left out. */
export function settingRows(
  { settings }: Answers,
  names: readonly (readonly [label: string, name: string])[],
): Row[] {
  return names.flatMap(([label, name]): Row[] => {
    const value = settings.get(name);
    return value === undefined ? [] : [[label, value]];
  });
}

/** The same of a secret: where it is, and nothing of it. */
export function secretRow({ settings }: Answers, label: string, name: SecretName): Row[] {
  const file = settings.get(`${name}_FILE`);
  if (file !== undefined) return [[label, `in ${file}`]];
  return settings.has(name) ? [[label, 'set, not shown']] : [];
}

/** A file with a secret in it: absolute, private, and not empty. */
function secretFileProblem(setting: string): (path: string) => string | null {
  return (path) => problemIn(() => readSecretFile(path, setting));
}

/** Asks for a secret: for itself, or for the file that holds it. What is there already may stay. */
export async function askSecret(
  answers: Answers,
  asker: Asker,
  about: { readonly part: PartName; readonly name: SecretName; readonly label: string },
): Promise<Answers> {
  const { part, name, label } = about;
  const file = `${name}_FILE`;
  const isThere = hasSecret(answers, name);
  const how = await asker.choose<'keep' | 'type' | 'file'>({
    message: label,
    choices: [
      ...(isThere ? [{ value: 'keep' as const, label: 'Keep the one that is there' }] : []),
      { value: 'type', label: 'Type or paste it', hint: 'it is kept in the file of settings, mode 0600' },
      { value: 'file', label: 'Name a file that holds it' },
    ],
  });
  if (how === 'keep') return answers;
  if (how === 'type') {
    const secret = await asker.secret(label, firstProblem(required('A value'), lineProblem));
    return withSettings(answers, part, { [name]: secret, [file]: null });
  }
  const path = await asker.text({
    message: `File with it: ${label}`,
    present: answers.settings.get(file),
    example: '/etc/showcase-config/secret',
    problem: firstProblem(required('A path'), lineProblem, secretFileProblem(file)),
  });
  return withSettings(answers, part, { [name]: null, [file]: path });
}
