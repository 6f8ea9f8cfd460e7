import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { readValidIndex } from '../../../src/index/read-index.ts';
import { describeSite } from '../../support/pages/site-checks.ts';
import { shared } from '../../support/suite/shared.ts';

// Each of two hundred pages is read by every rule of a validator.
vi.setConfig({ testTimeout: 180_000 });

describeSite('real', () => readValidIndex(readFileSync(join(shared ?? '', 'data/index.sqlite3'))).index);
