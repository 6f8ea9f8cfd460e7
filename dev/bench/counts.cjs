/** Loaded into a measured process: writes what the kernel has counted for it when it ends (KiB, microseconds), and its sockets. */
const { readFileSync, writeFileSync } = require('node:fs');
const { subscribe } = require('node:diagnostics_channel');

const sockets = { opened: 0, open: 0, mostOpen: 0 };
subscribe('net.client.socket', ({ socket }) => {
  sockets.opened += 1;
  sockets.open += 1;
  sockets.mostOpen = Math.max(sockets.mostOpen, sockets.open);
  socket.once('close', () => {
    sockets.open -= 1;
  });
});

process.on('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  // Its maxRSS is never below what the process that started this one had in memory; VmHWM begins anew.
  const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  writeFileSync(
    process.env.BENCH_COUNTS_FILE,
    JSON.stringify({ peak, cpu: userCPUTime + systemCPUTime, ...sockets }),
  );
});
