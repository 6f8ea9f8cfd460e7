import { defineConfig } from 'vitest/config';
import { importedByNode } from './test/support/suite/imported-by-node.ts';

/** The store's contract suite on Ceph's radosgw: needs Debian's `radosgw ceph-mon ceph-osd`. */
export default defineConfig({
  test: {
    ...importedByNode,
    include: ['test/**/*.ci.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
