import { type Linger } from '../transport/linger.js';
import { type ResponseWriter } from '../transport/response-writer.js';
import { type Ending, type EndingStream, farewell, mannerOf } from './farewell.js';
import { monotonicNow } from './monotonic.js';
import { type Outbox } from './outbox.js';

/** Ends the response of a connection that has ended, in the manner that fits, and lets go of its socket. */
export function endResponse(
  writer: ResponseWriter,
  outbox: Outbox,
  ending: Ending,
  stream: Omit<EndingStream, 'cursor'>,
  linger: Linger,
): void {
  const manner = mannerOf(ending);
  if (manner === 'gone') {
    writer.detach();
    return;
  }
  // To whom nothing gets through, nothing more is said.
  if (manner === 'cut' || (ending.reason === 'idle' && writer.blocked)) {
    // What a source yielded before it failed is part of the answer.
    if (ending.reason === 'error' && !writer.blocked) {
      outbox.close(monotonicNow());
      writer.destroyAfterFlush();
      linger.watch(writer.response);
    } else {
      writer.destroy();
    }
    return;
  }
  // What waits goes first: the cursor in the farewell is that of the last event.
  outbox.close(monotonicNow());
  const last = farewell(ending, { ...stream, cursor: outbox.cursor });
  if (last) writer.write(last);
  writer.end();
  linger.watch(writer.response);
}
