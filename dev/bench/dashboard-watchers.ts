// A process of its own that watches a received run by many WebSockets, as pages do: its argument is a `WatchersOrder`. It
// prints a line when all of them are open, and in the end a `WatchersFigures` as JSON.
import type { DeployFrame } from '../../src/web/deploys/deploy-frames.ts';
import type { Account } from '../sample/owners.ts';
import { Visitor } from '../web/visitor.ts';
import { quantile } from './numbers.ts';

export interface WatchersOrder {
  readonly site: string;
  readonly account: Account;
  readonly run: string;
  readonly ticket: string;
  readonly watchers: number;
}

/** Milliseconds from the time that a line has to the moment at which a watcher has it. */
export interface WatchersFigures {
  readonly p50: number;
  readonly p99: number;
  /** Lines, of all watchers together. */
  readonly lines: number;
}

const order = JSON.parse(process.argv[2] ?? '') as WatchersOrder;
const visitor = new Visitor(order.site, order.account);
const all = Array.from({ length: order.watchers }, () => visitor.watch(order.run, order.ticket));
await Promise.all(all.map(({ begun }) => begun));
console.log('open');
await Promise.all(all.map(({ ended }) => ended));
const delays = all.flatMap(({ frames }) =>
  frames.flatMap(({ frame, at }) => {
    const { type, ...rest } = frame as unknown as DeployFrame;
    return type === 'lines' && 'lines' in rest
      ? rest.lines.map(({ loggedAt }) => at - Date.parse(loggedAt))
      : [];
  }),
);
const figures: WatchersFigures = {
  ...{ p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), lines: delays.length },
};
console.log(JSON.stringify(figures));
