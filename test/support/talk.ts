import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** One connection to a server, on which a test writes what it wants, when it wants. */
export class Talk {
  readonly #socket: Socket;
  #heard = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.#heard += text));
    // A server may hang up in the middle of what is said to it.
    socket.on('error', () => undefined);
  }

  static async with(port: number): Promise<Talk> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Talk(socket);
  }

  say(text: string): void {
    this.#socket.write(text);
  }

  /** Everything heard so far, once this is in it, or the server has hung up. */
  async hear(wanted: RegExp): Promise<string> {
    while (!wanted.test(this.#heard) && !this.#socket.closed) {
      await Promise.race([once(this.#socket, 'data'), once(this.#socket, 'close')]);
    }
    return this.#heard;
  }

  /** Everything heard until the server hung up. */
  async toTheEnd(): Promise<string> {
    if (!this.#socket.closed) await once(this.#socket, 'close');
    return this.#heard;
  }

  /** Hangs up without a word. */
  break(): void {
    this.#socket.resetAndDestroy();
  }
}
