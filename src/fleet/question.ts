import { isPrivateWay } from '../private-way.ts';
import { bringsIndex, type FleetOperation, type PublishedIndex } from '../report/fleet-results.ts';
import { dryRunVerdict, pushVerdict, type Question, updateVerdict } from './answer-verdict.ts';
import type { Way } from './fleet-context.ts';
import { authorization } from './machine-login.ts';
import { stateVerdict } from './verify.ts';

/** The question to all machines of a run, and the headers of its requests. */
interface Asked {
  readonly question: Question;
  /** Of the credentials; empty for none. */
  readonly headers: Readonly<Record<string, string>>;
  /** Notes for the operator, a line each. */
  readonly notes: readonly string[];
}

/**
 * The question to the machines, and what an answer to it means. A dry run sends credentials if the way is private; without
 * credentials it asks only for the state, which needs none.
 *
 * @param index that the machines should have; null for none
 * @param local whether it is this host's own, because there is no store
 */
export function chooseQuestion(
  { target, credentials, push }: Pick<Way, 'target' | 'credentials' | 'push'>,
  operation: FleetOperation,
  index: PublishedIndex | null,
  local: boolean,
): Asked {
  const { namesMachines, url } = target;
  const sends = push?.sending();
  if (sends && index && operation !== 'verify') {
    const verdict = pushVerdict(index, operation === 'dry-run');
    const flags = [operation === 'dry-run' ? 'dry_run=1' : '', push?.force ? 'force=1' : ''];
    const query = flags.filter(Boolean).join('&');
    return { question: { query, namesMachines, verdict, sends }, headers: {}, notes: [] };
  }
  const sent = credentials !== null && isPrivateWay(url);
  const headers: Record<string, string> = sent ? { Authorization: authorization(credentials) } : {};
  const withheld =
    credentials !== null && !sent
      ? `credentials are not sent to ${url.host}, since everybody on the way could read them`
      : null;
  const asked = (query: string, verdict: Question['verdict'], ...notes: (string | null)[]): Asked => ({
    question: { query, namesMachines, verdict },
    headers,
    notes: notes.filter((note) => note !== null),
  });
  if (bringsIndex(operation) && index) return asked('', updateVerdict(index, namesMachines, local), withheld);
  if (operation === 'dry-run' && index && sent)
    return asked('dry_run=1', dryRunVerdict(index, namesMachines));
  const verdict = stateVerdict(operation, index, push !== undefined);
  if (operation === 'dry-run') {
    const only = 'a machine only says which index it has';
    return withheld === null
      ? asked('state=1', verdict, `without credentials ${only}: --user lets it say what would change`)
      : asked('state=1', verdict, `${withheld}; without them ${only}`);
  }
  const compared = index
    ? null
    : 'without an index to compare with, the machines are compared with each other';
  return asked('state=1', verdict, withheld, compared);
}
