import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { RunOptions, Spec } from 'axe-core';
import type { CDPSession, Page } from 'playwright-core';
import { alikeTexts } from './alike-texts.ts';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.0 to 2.2, levels A and AA, and what axe-core holds for good practice beyond them. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The rules that cost most, by far: they look at each text, and at all that lies below it. */
const CONTRAST = ['color-contrast', 'color-contrast-enhanced'];

/** All rules that look at colours: where nothing else has changed, any other one finds what it has found. */
export const OF_COLORS: readonly string[] = [...CONTRAST, 'link-in-text-block'];

/** What has this attribute is judged by them. */
const MARK = 'data-contrast';

/** What is used of axe-core, as its reporters are given it. */
interface Axe {
  configure(spec: Spec): void;
  addReporter(
    name: string,
    report: (all: Result[], options: unknown, done: (said: Said) => void) => void,
  ): void;
  run(context: Document, options: RunOptions): Promise<Said>;
}
interface Result {
  readonly id: string;
  readonly help: string;
  readonly violations: readonly Found[];
  readonly incomplete: readonly Found[];
  readonly passes: readonly Found[];
}
interface Found {
  readonly node: { readonly element: Element; readonly selector: readonly string[]; readonly source: string };
}
/** What ours tells. */
interface Said {
  readonly findings: readonly string[];
  /** Whose contrast was judged. */
  readonly judged: readonly Element[];
}
interface Loaded {
  readonly axe: Axe;
  readonly alikeTexts: typeof alikeTexts;
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** Puts axe-core into a page as soon as that has been loaded. */
export async function loadAxe(page: Page): Promise<void> {
  await page.waitForLoadState();
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  // Not by `evaluate`, which hands it to an eval in the page: that takes twice as long.
  await (await session).send('Runtime.evaluate', {
    expression: `${SOURCE};globalThis.alikeTexts=${alikeTexts};`,
  });
  await page.evaluate(
    ([contrast, mark]) => {
      const { axe } = globalThis as unknown as Loaded;
      axe.configure({
        rules: [
          ...contrast.map((id) => ({ id, selector: `[${mark}]` })),
          // It is about these properties of a style attribute, and reads the text of everything that has one.
          { id: 'avoid-inline-spacing', selector: '[style*="-spacing"], [style*="line-height"]' },
        ],
      });
      const withoutMark = (text: string) =>
        text.replaceAll(new RegExp(`\\[${mark}=""\\]| ${mark}=""`, 'g'), '');
      // The usual ones describe each node, also of those that are in order.
      axe.addReporter('findings', (all, _, done) => {
        const isContrast = ({ id }: Result) => contrast.includes(id);
        done({
          findings: all.flatMap((result) =>
            [...result.violations, ...(isContrast(result) ? [] : result.incomplete)].map(
              ({ node }) =>
                `${result.id}: ${result.help}: ${withoutMark(`${node.selector.join(' ')} ${node.source}`)}`,
            ),
          ),
          judged: all
            .filter(isContrast)
            .flatMap(({ violations, passes }) => [...violations, ...passes].map(({ node }) => node.element)),
        });
      });
    },
    [CONTRAST, MARK] as const,
  );
}

/** What axe-core looks at. */
export interface AxeScope {
  /** Rules that it has beside the usual ones. */
  readonly more?: readonly string[];
  /** The only rules that are run: those that look at what has changed since all of them were. */
  readonly only?: readonly string[];
}

/**
 * Runs axe-core in a page that has it. Returns in words each violation, and each thing that it could not judge, except
 * contrasts.
 *
 * Of texts that are alike (`alikeTexts`) it judges the contrast of three; of all, should it be unable to judge these.
 */
export async function axeFindings(page: Page, { more = [], only }: AxeScope = {}): Promise<string[]> {
  const isUsual = (rule: string) => rule !== 'color-contrast-enhanced' || more.includes(rule);
  return await page.evaluate(
    async ([tags, rules, mark, contrast, values]) => {
      const { axe, alikeTexts } = globalThis as unknown as Loaded;
      const groups = alikeTexts().map((all) => ({
        all,
        some: all.length > 3 ? [0, all.length >> 1, all.length - 1].flatMap((at) => all[at] ?? []) : all,
      }));
      const setMarks = (elements: readonly Element[]) => {
        for (const marked of document.querySelectorAll(`[${mark}]`)) marked.removeAttribute(mark);
        for (const element of elements) element.setAttribute(mark, '');
      };
      const reporter = 'findings';

      setMarks(groups.flatMap(({ some }) => some));
      const enabled = Object.fromEntries(rules.map((rule) => [rule, { enabled: true }]));
      const said = await axe.run(
        document,
        values
          ? { reporter, runOnly: { type: 'rule', values } }
          : { reporter, rules: enabled, runOnly: { type: 'tag', values: tags } },
      );
      const judged = new Set(said.judged);
      const rest = groups.filter(
        ({ all, some }) => some !== all && !some.some((element) => judged.has(element)),
      );
      setMarks(rest.flatMap(({ all }) => all));
      const more =
        rest.length > 0
          ? await axe.run(document, { reporter, runOnly: { type: 'rule', values: contrast } })
          : null;
      setMarks([]);
      return [...said.findings, ...(more?.findings ?? [])];
    },
    [TAGS, more, MARK, CONTRAST.filter(isUsual), only?.filter(isUsual)] as const,
  );
}
