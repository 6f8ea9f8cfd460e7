/** One file for all that holds for the machines of any index, since planning these takes longer than looking at them. */
import { vi } from 'vitest';
import { describeAccess } from '../../support/properties/access.ts';
import { describeFiles } from '../../support/properties/files.ts';
import { describeRouting } from '../../support/properties/routing.ts';

// Hundreds of machines are planned in the first test, and Ruby reads the files of many in the last one.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describeRouting();
describeAccess();
describeFiles();
