import type { PlannedFile } from '../generate/planned-file.ts';
import type { Index } from '../index/index-model.ts';
import { htpasswdPath } from '../site/paths.ts';
import type { Site } from '../site/site.ts';
import { navigatorPart } from '../site/static.ts';
import { accessRules, publicGlobs } from './access.ts';
import { mapRules, ShowcasesRead, showcasesRules } from './exports.ts';
import { htpasswdIndexRule, htpasswdRules } from './htpasswd-rules.ts';
import {
  htpasswdRule,
  maintenanceRules,
  publicRouteRule,
  routeRules,
  scriptRule,
  volumeRule,
} from './navigator-rules.ts';
import { Patterns } from './pattern-rules.ts';
import { type NavigatorView, type PlannedView, patternPlaces, rootOf, viewOf } from './planned-view.ts';
import { publicPagesRule } from './public-pages.ts';
import { replayRules } from './replays.ts';
import { applyRules, type Rule, type Violation } from './rule.ts';
import { wholeRule } from './static-rules.ts';
import { tenantRules, tenantsListRule } from './tenant-rules.ts';
import { TenantsRead } from './tenants-read.ts';
import { webRules } from './web-rules.ts';
import { readYaml, type Take, YamlError, type YamlMap } from './yaml-reader.ts';

/** What the files were generated from. */
export interface CheckContext {
  readonly index: Index;
  readonly site: Site;
}

/** Everything of `\p{Cc}` but LF; spelt out, since the property is several times slower on tens of megabytes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: to find them is what it is for
const CONTROL = /[\0-\t\v-\x1f\x7f-\x9f]/;

/** For what the strict reader of YAML has not read: it takes none of these characters anywhere. */
const TEXT_RULES: readonly Rule<string>[] = [
  {
    // Text that may hold any character has it escaped.
    name: 'plain-text',
    *check(text) {
      const found = CONTROL.exec(text);
      if (found) yield `there is a control character at ${found.index}`;
    },
  },
];

const OUR_NAVIGATOR: readonly Rule<PlannedView>[] = [
  wholeRule,
  ...accessRules,
  ...routeRules,
  publicRouteRule,
  htpasswdRule,
  scriptRule,
  volumeRule,
  ...tenantRules,
  publicPagesRule,
  ...replayRules,
  ...webRules,
];

const MAINTENANCE: readonly Rule<NavigatorView & { readonly site: Site }>[] = [
  ...routeRules,
  scriptRule,
  ...maintenanceRules,
];

/**
 * Proves that generated files may be installed: every rule over every file, all violations together, none for files
 * that are as they should be. The files are read as other programs will read them: what is proved is the text.
 */
export async function checkFiles(files: readonly PlannedFile[], context: CheckContext): Promise<Violation[]> {
  const { index, site } = context;
  const check = new Checker(files);
  check.text('htpasswd', htpasswdRules, ({ content }) => ({ content }));
  check.text('htpasswd', [htpasswdIndexRule], ({ content }) => ({ content, index }));
  await check.yaml('map', mapRules, (document) => ({ document, index }));
  const studios = new ShowcasesRead(index);
  await check.yaml('showcases', showcasesRules, (document) => ({ document, index, studios }), studios.take);
  const part = navigatorPart(site);
  const tenants = new TenantsRead(index, site, part);
  const years = new Set(index.years.map(({ year }) => String(year)));
  const htpasswd = check.find('htpasswd')?.path ?? htpasswdPath(site);
  const view = await check.yaml(
    'navigator',
    OUR_NAVIGATOR,
    async (document): Promise<PlannedView> => {
      const patterns = await loadPatterns(document);
      return { document, patterns, root: rootOf(document), years, index, site, part, htpasswd, tenants };
    },
    tenants.take,
  );
  if (view) check.text('tenants', [tenantsListRule], ({ content }) => ({ list: content, view }));
  return check.violations;
}

/** The same for navigator-maintenance.yml, which derives from no index. */
export async function checkMaintenance(files: readonly PlannedFile[], site: Site): Promise<Violation[]> {
  const check = new Checker(files);
  await check.yaml('maintenance', MAINTENANCE, async (document) => ({
    ...viewOf(document, await loadPatterns(document)),
    site,
  }));
  return check.violations;
}

/** For every pattern that a rule may ask about. */
async function loadPatterns(document: YamlMap): Promise<Patterns> {
  const written = patternPlaces(document).flatMap(({ pattern }) =>
    typeof pattern === 'string' ? [pattern] : [],
  );
  return await Patterns.load([...written, ...publicGlobs(document)]);
}

class Checker {
  readonly violations: Violation[] = [];
  private readonly files: readonly PlannedFile[];

  constructor(files: readonly PlannedFile[]) {
    this.files = files;
    for (const { kind, content, path } of files) {
      if (kind === 'htpasswd' || kind === 'tenants') this.apply(TEXT_RULES, content, path);
    }
  }

  find(kind: PlannedFile['kind']): PlannedFile | undefined {
    return this.files.find((file) => file.kind === kind);
  }

  /** Checks the file of a kind as text, if it is among the files. */
  text<Subject>(
    kind: PlannedFile['kind'],
    rules: readonly Rule<Subject>[],
    subject: (file: PlannedFile) => Subject,
  ): void {
    const file = this.find(kind);
    if (file) this.apply(rules, subject(file), file.path);
  }

  /** Checks the file of a kind as YAML; null when there is none, or it does not parse, which is a violation. */
  async yaml<Subject>(
    kind: PlannedFile['kind'],
    rules: readonly Rule<Subject>[],
    subject: (document: YamlMap) => Subject | Promise<Subject>,
    take?: Take,
  ): Promise<Subject | null> {
    const file = this.find(kind);
    if (!file) return null;
    let document: YamlMap;
    try {
      document = readYaml(file.content, take);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      this.apply(TEXT_RULES, file.content, file.path);
      this.violations.push({ rule: 'yaml', file: file.path, message: error.message });
      return null;
    }
    const view = await subject(document);
    this.apply(rules, view, file.path);
    return view;
  }

  private apply<Subject>(rules: readonly Rule<Subject>[], subject: Subject, file: string): void {
    this.violations.push(...applyRules(rules, subject, file));
  }
}
