import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Page } from '../../../src/pages/page.ts';
import { type WriteRequest, type WriteResult, writePages } from '../../../src/pages-out/write-pages.ts';
import type { EventBody } from '../../../src/report/events.ts';

/** A public directory of its own, in a home that goes with the test. */
export class Public {
  readonly home = mkdtempSync(join(tmpdir(), 'showcase-pages-'));
  readonly dir = join(this.home, 'public');
  events: EventBody[] = [];

  static make(): Public {
    const place = new Public();
    mkdirSync(place.dir);
    onTestFinished(() => rmSync(place.home, { recursive: true, force: true }));
    return place;
  }

  async write(pages: readonly Page[], options: Partial<WriteRequest> = {}): Promise<WriteResult> {
    this.events = [];
    const say = (event: EventBody) => this.events.push(event);
    return await writePages({ publicDir: this.dir, pages, dryRun: false, step: 'pages', say, ...options });
  }

  /** What was said of single pages: outcome and name. */
  get items(): string[] {
    return this.events.flatMap((event) => (event.type === 'item' ? `${event.outcome} ${event.name}` : []));
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  has(name: string): boolean {
    return lstatSync(this.path(name), { throwIfNoEntry: false }) !== undefined;
  }

  /** A file that somebody else has put there. */
  put(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Every file and directory, by name, with its text; null for a directory. */
  snapshot(): Record<string, string | null> {
    const names = readdirSync(this.dir, { recursive: true, encoding: 'utf8' }).sort();
    return Object.fromEntries(
      names.map((name) => [name, lstatSync(this.path(name)).isFile() ? this.read(name) : null]),
    );
  }

  give(uid: number, gid: number): void {
    chownSync(this.dir, uid, gid);
  }
}
