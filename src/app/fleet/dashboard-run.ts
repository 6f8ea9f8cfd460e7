import { ciContextOf } from '../../callbacks/ci-context.ts';
import { openDelivery } from '../../callbacks/delivery.ts';
import type { Dashboard, Delivered, Delivery } from '../../callbacks/delivery-model.ts';
import { deployIdOf } from '../../callbacks/deploy-id.ts';
import { messageLines } from '../../callbacks/message-lines.ts';
import { endedOf, startedOf } from '../../callbacks/message-status.ts';
import { secretLiterals } from '../../callbacks/secret-literals.ts';
import type { Tunnel } from '../../callbacks/wire.ts';
import { FAILURE_CODES } from '../../failure.ts';
import type { Reporter, RunEvent } from '../../report/events.ts';
import type { FleetReport } from '../../report/fleet-results.ts';
import { versionText } from '../../version.ts';
import type { World } from '../machine/machine-context.ts';
import { type DeployPlaces, readDashboard } from './dashboard-files.ts';
import type { BegunRun, DashboardLink, LinkedRun } from './dashboard-model.ts';
import { outboxOf } from './dashboard-outbox.ts';

/** Milliseconds from a signal that comes while the end is being sent, until the process ends all the same. */
const STOPPED_MS = 5000;

/**
 * Words of the lines that the application's job reads, and of the events themselves: whatever a config calls secret, these are
 * not.
 */
const WORDS = [
  'Step 1: Syncing index database... Will update 0123456789 active machines: No active machines to update',
  'Step 3: Triggering configuration update on each machine... ✓ Success Successfully updated: machines',
  'run-began run-ended step-done progress warning operation fleet machine tenant command index.sqlite3',
  'waiting asking pausing skipped found missing published unchanged local would-publish changed-elsewhere',
  'updated failed differs dry-run verify update publish nothing-to-do started suspended stopped created',
  ...FAILURE_CODES,
].join(' ');

/**
 * Opens the dashboard that a deploy.enc names.
 *
 * @returns null where it names none
 * @throws {Failure} `config-invalid`: the file, its key or the address cannot be used
 */
export async function openDashboard(
  world: World,
  linked: LinkedRun,
  places: DeployPlaces,
): Promise<DashboardLink | null> {
  const read = readDashboard(world, linked.options, places);
  if (!read) return null;
  const { dashboard, config, cautions } = read;
  const secrets = secretLiterals(dashboard, config, world.env, linked.secrets);
  const shown = secrets.filter((secret) => !WORDS.includes(secret));
  return new OpenDashboard({ world, linked, dashboard, cautions }, shown);
}

interface Opened {
  readonly world: World;
  readonly linked: LinkedRun;
  readonly dashboard: Dashboard;
  /** What the operator should know. */
  readonly cautions: readonly string[];
}

class OpenDashboard implements DashboardLink {
  readonly secrets: readonly string[];
  readonly reporters: readonly Reporter[];
  readonly #opened: Opened;
  readonly #lines = messageLines();
  #begun: BegunRun | null = null;
  #delivery: Delivery | null = null;
  /** Scrubbed. */
  #report: FleetReport | null = null;
  /** Notes about the dashboard are not sent to it: a note about sending would cause the next one. */
  #isSpeaking = false;
  #isBroken = false;
  #hasSaid = false;
  /** What is said when the run is over: two notes are all that a dashboard may add to it. */
  readonly #later: string[] = [];

  constructor(opened: Opened, secrets: readonly string[]) {
    this.#opened = opened;
    this.secrets = secrets;
    this.reporters = [(event) => this.#guarded(() => this.#hear(event))];
  }

  async begin(begun: BegunRun): Promise<void> {
    this.#begun = begun;
    try {
      await this.#begin(begun);
    } catch (error) {
      this.#break(error);
    }
  }

  async #begin({ scrubber, by, target }: BegunRun): Promise<void> {
    const { world, linked, dashboard, cautions } = this.#opened;
    const { id: deployId, caution } = deployIdOf(world.env);
    const outbox = await outboxOf(world, linked.options.outbox);
    this.#later.push(...[...cautions, caution, outbox.caution].filter((one) => one !== null));
    // Scrubbed before it is cut and cleaned, too: half a secret would not be known any more.
    const ci = ciContextOf(scrubber.value(world.env));
    const facts = { by, target, command: world.name, version: versionText(), ci };
    const shown = scrubber.value(facts);
    const operation = linked.operation === 'undo' ? 'delete' : 'deploy';
    this.#delivery = openDelivery(
      dashboard,
      { deployId, run: linked.run, operation, by: shown.by, target: shown.target },
      { outboxDir: outbox.dir, note: (message) => this.#sayOnce(message) },
    );
    this.#delivery.start(startedOf({ ...shown, at: now() }));
  }

  async close(exitCode: number): Promise<void> {
    try {
      const delivered = await this.#end(exitCode);
      if (delivered?.note) this.#later.push(delivered.note);
    } catch (error) {
      this.#break(error);
    }
    if (this.#later.length > 0) this.#say(this.#later.join('; '));
  }

  async #end(exitCode: number): Promise<Delivered | null> {
    const delivery = this.#delivery;
    if (!delivery) return null;
    const tunnels = this.#begun?.places.map(tunnelOf) ?? [];
    delivery.end(endedOf({ report: this.#report, exitCode, tunnels, at: now() }));
    const { stop } = this.#opened.linked;
    const closed = delivery.close(stop.exitCode() !== null);
    if (stop.exitCode() !== null) return await closed;
    let timer: NodeJS.Timeout | undefined;
    const stopped = new Promise<null>((done) => {
      stop.onStop(() => {
        timer = setTimeout(() => done(null), STOPPED_MS);
      });
    });
    try {
      return await Promise.race([closed, stopped]);
    } finally {
      clearTimeout(timer);
    }
  }

  #hear(event: RunEvent): void {
    if (this.#isSpeaking) return;
    if (event.type === 'run-ended' && event.kind === 'fleet') this.#report = event.result;
    for (const line of this.#lines(event)) this.#delivery?.line(line);
  }

  /** A reporter that throws would be left out from then on, without a word. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#break(error);
    }
  }

  #break(error: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#later.push(`the dashboard has not got everything (unexpected: ${reason})`);
  }

  /** The first of them at once, the others at the end. */
  #sayOnce(message: string): void {
    if (this.#hasSaid) this.#later.push(message);
    else this.#say(message);
    this.#hasSaid = true;
  }

  #say(message: string): void {
    this.#isSpeaking = true;
    try {
      this.#begun?.report({ type: 'note', message });
    } finally {
      this.#isSpeaking = false;
    }
  }
}

function tunnelOf({ name, url }: BegunRun['places'][number]): Tunnel {
  return { service_name: name, hostname: url.hostname };
}

function now(): string {
  return new Date().toISOString();
}
