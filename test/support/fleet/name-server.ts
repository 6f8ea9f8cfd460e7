import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Text records by name: each a list of pieces. */
export type Zone = Readonly<Record<string, readonly (readonly string[])[]>>;

export interface NameServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly asked: readonly string[];
  close(): Promise<void>;
}

const TXT = 16;

/** A name server for text records over UDP; other names do not exist. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (query, from) => {
    const { name, end } = readName(query);
    asked.push(name);
    socket.send(respond(query, end, zone[name]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readName(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 + 4 };
}

/** The header and the question again, then the records; 3 for a name that does not exist. */
function respond(query: Buffer, end: number, records: Zone[string] | undefined): Buffer {
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180 | (records ? 0 : 3), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records?.length ?? 0, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...(records ?? []).map(renderRecord)]);
}

function renderRecord(pieces: readonly string[]): Buffer {
  const data = Buffer.concat(
    pieces.flatMap((piece) => [Buffer.from([Buffer.byteLength(piece)]), Buffer.from(piece)]),
  );
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0);
  fixed.writeUInt16BE(TXT, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}
