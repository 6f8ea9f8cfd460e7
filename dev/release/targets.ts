/** A kind of machine that a release is made for. */
export interface Target {
  /** As in the archive's name. */
  readonly name: string;
  readonly arch: 'x64' | 'arm64';
  readonly libc: 'glibc' | 'musl';
  /** In words. */
  readonly machine: string;
}

const PROCESSORS = { x64: 'x86-64', arm64: '64-bit ARM' };
const LIBRARIES = {
  glibc: 'glibc 2.34 or newer (Debian 12, Ubuntu 22.04, Fedora)',
  musl: 'musl (Alpine)',
};

export const TARGETS: readonly Target[] = (['x64', 'arm64'] as const).flatMap((arch) =>
  (['glibc', 'musl'] as const).map((libc) => ({
    name: `linux-${arch}-${libc}`,
    arch,
    libc,
    machine: `Linux on ${PROCESSORS[arch]}, with ${LIBRARIES[libc]}`,
  })),
);
