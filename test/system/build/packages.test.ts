import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALLOWED, renderLicenses } from '../../../dev/build/licenses.mjs';
import { ROOT } from '../../support/machine/machine.ts';
import { atEnd } from '../../support/suite/at-end.ts';

/** A registry that says this of all packages it is asked for; its address. */
async function registry(status: number, said: unknown): Promise<string> {
  const server = createServer((request, response) => {
    const isAsked = request.url?.endsWith('/bulk') === true;
    request.resume().on('end', () => {
      response.writeHead(isAsked ? status : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(isAsked ? said : {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function audit(address: string): Promise<{ code: number; said: string }> {
  const env = { ...process.env, npm_config_registry: address, npm_config_cache: scratch() };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'dev/audit.mjs')], { env }, (error, said) =>
      resolve({ code: Number(error?.code ?? 0), said }),
    );
  });
}

function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'packages-'));
  atEnd(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const hole = (severity: string) => ({
  ws: [{ id: 1, url: 'https://advisories.example/1', title: 'a hole', severity, vulnerable_versions: '*' }],
});

describe('the audit of packages', () => {
  it.each<[string, string, string]>([
    ['critical', 'ws', 'vitepress'],
    ['high', 'vitepress', 'ws'],
  ])('fails for a known hole of %s severity, in %s, and names all', async (severity, grave, other) => {
    const holes = { [grave]: hole(severity).ws, [other]: hole('moderate').ws };
    const { code, said } = await audit(await registry(200, holes));
    expect(said).toContain(`${severity}: ${grave}: a hole (https://advisories.example/1)`);
    expect(said).toContain(`moderate: ${other}: a hole`);
    expect(code).toBe(1);
  });

  it('names a hole of moderate severity, and does not fail', async () => {
    const { code, said } = await audit(await registry(200, hole('moderate')));
    expect(said).toContain('moderate: ws: a hole');
    expect(code).toBe(0);
  });

  it('is content where none is known', async () => {
    const { code, said } = await audit(await registry(200, {}));
    expect([code, said]).toEqual([0, '0 packages with known holes, 0 of them high or critical\n']);
  });

  it('says that nothing is known where a registry has no answer, and does not fail', async () => {
    const unknown = /^Not known whether packages have holes: /;
    for (const address of [await registry(405, {}), await registry(200, 'nonsense'), 'http://127.0.0.1:9/']) {
      const { code, said } = await audit(address);
      expect(said).toMatch(unknown);
      expect(code).toBe(0);
    }
  });

  it('is a step of what must hold before anything is released', () => {
    expect(readFileSync(join(ROOT, '.ci/run'), 'utf8')).toContain('step audit npm run --silent audit\n');
  });
});

describe('licenses of what is in an executable', () => {
  it.each(['cgi-bin', 'scripts'])('are of kinds that are allowed, in %s', (folder) => {
    const text = readFileSync(join(ROOT, folder, 'THIRD_PARTY_LICENSES'), 'utf8');
    const kinds = [...text.matchAll(/^\S+ \d+\.\d+\.\S+ \((.+)\)$/gm)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(1);
    expect(kinds.filter((kind) => !ALLOWED.includes(kind ?? ''))).toEqual([]);
  });

  it.each(['GPL-3.0-only', 'SEE LICENSE IN LICENSE', undefined])(
    'of the kind %s end a build',
    async (license) => {
      const root = scratch();
      mkdirSync(join(root, 'node_modules/one'), { recursive: true });
      writeFileSync(
        join(root, 'node_modules/one/package.json'),
        JSON.stringify({ name: 'one', version: '1.0.0', license }),
      );
      writeFileSync(join(root, 'node_modules/one/LICENSE'), 'words');
      await expect(renderLicenses(root, ['node_modules/one'])).rejects.toThrow(
        `one has the license ${license}, which`,
      );
    },
  );
});
