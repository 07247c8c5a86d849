import { connect, type Socket } from 'node:net';
import { WebSocketReader } from './web-socket-reader.js';

/** One for all sockets, as in the load engine. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

const OPEN = 48;
const PING = 50;
const MESSAGE = 52;
const CONNECTED = 48;
const EVENT = 50;

/** One client of Socket.IO 4, straight over WebSocket. `socket.io-client` is too heavy for 5,000 of them in one process. */
export class SocketIoSocket {
  readonly #socket: Socket;
  readonly #reader = new WebSocketReader((bytes, start, end) => this.#packet(bytes, start, end));

  constructor(
    port: number,
    private readonly on: {
      connected: () => void;
      event: () => void;
      read: (bytes: number) => void;
      closed: () => void;
    },
  ) {
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.on.read(length);
          this.#reader.read(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.once('connect', () => this.#socket.write(upgradeRequest(port)));
    this.#socket.on('error', () => undefined);
    this.#socket.once('close', () => this.on.closed());
  }

  cut(): void {
    this.#socket.destroy();
  }

  #packet(bytes: Buffer, start: number, end: number): void {
    const type = bytes[start];
    if (type === MESSAGE && bytes[start + 1] === EVENT) this.on.event();
    else if (type === MESSAGE && bytes[start + 1] === CONNECTED) this.on.connected();
    else if (type === OPEN) this.#socket.write(textFrame('40'));
    else if (type === PING) this.#socket.write(textFrame('3'));
    else throw new Error(`A packet that is not expected: ${bytes.toString('utf8', start, end)}`);
  }
}

function upgradeRequest(port: number): string {
  return [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');
}

/** Clients must mask; a mask of zeros is one too, and leaves the text as it is. */
function textFrame(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
