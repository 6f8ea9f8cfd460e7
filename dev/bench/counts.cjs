/** Loaded into a measured process: writes what the kernel has counted for it when it ends (KiB, microseconds). */
const { readFileSync, writeFileSync } = require('node:fs');

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  // Its maxRSS is never below what the process that started this one had in memory; VmHWM begins anew.
  const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  writeFileSync(process.env.BENCH_COUNTS_FILE, JSON.stringify({ peak, cpu: userCPUTime + systemCPUTime }));
});
