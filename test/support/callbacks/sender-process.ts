// A process of its own that tells a dashboard of a run, as its argument has it (`SenderOrder`), and prints what came of it as
// one line of JSON. One that waits prints a line first, and goes on until it is killed.
import { derivedKey } from '../../../src/callbacks/callback-signatures.ts';
import { openDelivery } from '../../../src/callbacks/delivery.ts';
import type { DeliveryLimits } from '../../../src/callbacks/delivery-limits.ts';
import type { ReportedRun } from '../../../src/callbacks/delivery-model.ts';
import { ensureOutbox } from '../../../src/callbacks/outbox-place.ts';
import { sendOutbox } from '../../../src/callbacks/send-outbox.ts';
import { assumeRights } from '../../../src/rights/rights.ts';
import { COMPLETED, line, STARTED } from './reported.ts';

/** What a process is to do. */
export interface SenderOrder {
  readonly url: string;
  readonly key: string;
  readonly outboxDir: string;
  readonly reported: ReportedRun;
  readonly messages: readonly string[];
  /** Sends what others have left; or waits behind its lines, or behind its end; or tells it all. */
  readonly task: 'send-outbox' | 'lines' | 'end' | 'whole';
  readonly limits: Partial<DeliveryLimits>;
  /** Of the application, whose db dir this is: the process takes its rights, and has those of root in reserve. */
  readonly account?: { readonly uid: number; readonly dbDir: string; readonly lasting: string };
}

const order = JSON.parse(process.argv[2] ?? '') as SenderOrder;
const { limits, task, account } = order;
if (account) {
  const { uid, dbDir, lasting } = account;
  assumeRights({ name: 'application', uid, gid: uid, home: '/' }, dbDir, { lasting, running: lasting });
}
const outboxDir = account ? ensureOutbox(account.dbDir) : order.outboxDir;
const dashboard = { url: new URL(order.url), deployKey: order.key, webhookKeys: [derivedKey(order.key)] };
const notes: string[] = [];
const note = (message: string) => void notes.push(message);
const say = (what: object) => console.log(JSON.stringify(what));

if (task === 'send-outbox') {
  say({ ...(await sendOutbox(dashboard, { outboxDir, waitMs: 30_000, note, limits })), notes });
} else {
  const delivery = openDelivery(dashboard, order.reported, { outboxDir, note, limits });
  delivery.start(STARTED);
  for (const message of order.messages) delivery.line(line(message));
  if (task !== 'lines') delivery.end(COMPLETED);
  if (task === 'whole') say({ ...(await delivery.close(false)), notes });
  else {
    say({ task });
    setInterval(() => {}, 1000);
  }
}
