import { defineConfig } from 'vitest/config';

/** The store's contract suite on Ceph's radosgw: needs Debian's `radosgw ceph-mon ceph-osd`. */
export default defineConfig({
  test: {
    include: ['test/**/*.ci.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
