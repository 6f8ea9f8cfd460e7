import { hash, randomBytes } from 'node:crypto';
import { isDeployKey, webhookKeyOf } from '../../callbacks/callback-signatures.ts';
import type { Database, Statement } from '../../database/sqlite.ts';
import { Failure } from '../../failure.ts';
import { quoted } from '../../text.ts';
import { isoOf, isoOrNull } from '../row-values.ts';
import { type ActiveKey, PROJECT_NAME, type Project, type ProjectKey } from './deploy-model.ts';
import type { Projects } from './deploys.ts';

interface ProjectRow {
  readonly sequence: number;
  readonly name: string;
  readonly created_at: number;
  readonly accepts_plan: number;
}

interface KeyRow {
  readonly id: string;
  readonly kind: string;
  readonly added_at: number;
  readonly retired_at: number | null;
}

/** Has a letter that no name has, so that a path cannot mean both. */
const TOKEN_PREFIX = 'prj_';
const TOKEN_BYTES = 32;
/** While keys are rotated. A receiver tries each of them. */
const MOST_KEYS = 5;
/** Letters of a digest by which a key is named: nobody can find the key by it, which has at least 192 bits. */
const ID_LENGTH = 12;

/** The tables of projects and their keys. Other processes may change them at any time, so nothing is remembered. */
export class KeptProjects implements Projects {
  readonly #db: Database;
  readonly #byName: Statement<[string], ProjectRow>;
  readonly #byToken: Statement<[Buffer], ProjectRow>;
  readonly #active: Statement<[string], ActiveKey>;
  readonly #write: <T>(work: () => T) => T;

  /** @param write does its work in one durable transaction */
  constructor(db: Database, write: <T>(work: () => T) => T) {
    this.#db = db;
    this.#write = write;
    this.#byName = db.prepare('SELECT * FROM projects WHERE name = ?');
    this.#byToken = db.prepare('SELECT * FROM projects WHERE token_hash = ?');
    this.#active = db.prepare(
      `SELECT kind, secret FROM project_keys WHERE project = (SELECT sequence FROM projects WHERE name = ?)
       AND retired_at IS NULL ORDER BY added_at`,
    );
  }

  all(): Project[] {
    return this.#db.prepare<[], ProjectRow>('SELECT * FROM projects ORDER BY name').all().map(projectOf);
  }

  get(nameOrToken: string): Project | null {
    const row = nameOrToken.startsWith(TOKEN_PREFIX)
      ? this.#byToken.get(digestOf(nameOrToken))
      : this.#byName.get(nameOrToken);
    return row ? projectOf(row) : null;
  }

  addKey(project: string, secret: string): ProjectKey {
    const key = secret.trim();
    const kind = kindOf(key);
    const id = hash('sha256', `project key ${key}`).slice(0, ID_LENGTH);
    return this.#write(() => {
      const { sequence } = this.#ensure(project);
      const others = this.keys(project).filter((one) => one.retiredAt === null && one.id !== id);
      if (others.length >= MOST_KEYS) throw tooMany(project);
      this.#db
        .prepare(
          `INSERT INTO project_keys (project, id, kind, secret, added_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (project, id) DO UPDATE
           SET secret = excluded.secret, added_at = excluded.added_at, retired_at = NULL
           WHERE retired_at IS NOT NULL`,
        )
        .run(sequence, id, kind, key, Date.now());
      return this.keys(project).find((one) => one.id === id) as ProjectKey;
    });
  }

  retireKey(project: string, id: string): boolean {
    return this.#write(() => {
      const row = this.#byName.get(project);
      if (!row) return false;
      const retired = this.#db
        .prepare(
          `UPDATE project_keys SET retired_at = ?, secret = NULL
           WHERE project = ? AND id = ? AND retired_at IS NULL`,
        )
        .run(Date.now(), row.sequence, id);
      return retired.changes > 0;
    });
  }

  keys(project: string): ProjectKey[] {
    return this.#db
      .prepare<[string], KeyRow>(
        `SELECT id, kind, added_at, retired_at FROM project_keys
         WHERE project = (SELECT sequence FROM projects WHERE name = ?) ORDER BY added_at, id`,
      )
      .all(project)
      .map(keyOf);
  }

  activeKeys(project: string): readonly ActiveKey[] {
    return this.#active.all(project);
  }

  setAcceptsPlan(project: string, accepts: boolean): void {
    this.#write(() => {
      const { sequence } = this.#ensure(project);
      this.#db
        .prepare('UPDATE projects SET accepts_plan = ? WHERE sequence = ?')
        .run(Number(accepts), sequence);
    });
  }

  newToken(project: string): string {
    const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
    this.#write(() => {
      const { sequence } = this.#ensure(project);
      this.#db
        .prepare('UPDATE projects SET token_hash = ? WHERE sequence = ?')
        .run(digestOf(token), sequence);
    });
    return token;
  }

  #ensure(name: string): ProjectRow {
    if (!PROJECT_NAME.test(name)) throw badName(name);
    this.#db
      .prepare(
        'INSERT INTO projects (name, created_at, accepts_plan) VALUES (?, ?, 1) ON CONFLICT (name) DO NOTHING',
      )
      .run(name, Date.now());
    return this.#byName.get(name) as ProjectRow;
  }
}

function kindOf(key: string): ProjectKey['kind'] {
  if (isDeployKey(key)) return 'full';
  if (webhookKeyOf(key) !== null) return 'derived';
  throw new Failure('usage', 'that is not a key', {
    hint: 'A key is a whsec_ key as scripts/onboard shows it, or the 64 hexadecimal digits of a deploy key.',
  });
}

function badName(name: string): Failure {
  return new Failure('usage', `${quoted(name)} is not a name of a project`, {
    hint: 'Names have lower-case letters, digits and hyphens, at most 63 in all.',
  });
}

function tooMany(project: string): Failure {
  return new Failure('usage', `project ${project} has ${MOST_KEYS} keys already`, {
    hint: 'Retire one of them first.',
  });
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function projectOf({ name, created_at, accepts_plan }: ProjectRow): Project {
  return { name, createdAt: isoOf(created_at), acceptsPlan: accepts_plan === 1 };
}

function keyOf({ id, kind, added_at, retired_at }: KeyRow): ProjectKey {
  return {
    id,
    kind: kind as ProjectKey['kind'],
    addedAt: isoOf(added_at),
    retiredAt: isoOrNull(retired_at),
  };
}
