import process from 'node:process';
import { type Answer, type Call, type Commands } from './calls.js';

type Handlers<C extends Commands<C>> = {
  [K in keyof C]: (argument: C[K]['takes']) => C[K]['gives'] | Promise<C[K]['gives']>;
};

/** Makes this child process answer what its parent asks, until the parent is gone. */
export function answerCalls<C extends Commands<C>>(handlers: Handlers<C>): void {
  process.on('message', (call: Call) => {
    void answer(handlers[call.command as keyof C], call).then((reply) => process.send?.(reply));
  });
  process.once('disconnect', () => process.exit(0));
}

async function answer(handler: (argument: never) => unknown, { id, argument }: Call): Promise<Answer> {
  try {
    return { id, value: await handler(argument as never) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
