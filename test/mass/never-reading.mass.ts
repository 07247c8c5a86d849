import { describe, it } from '@jest/globals';
import { MATRIX } from '../harness/matrix.js';
import { useServer } from '../harness/use-server.js';
import { publishPastThoseWhoNeverRead } from './never-reading.js';

describe('clients that never read', () => {
  const server = useServer(MATRIX[0]!);

  it('neither disturb the others nor take more memory than the options say, at full speed', async () => {
    await publishPastThoseWhoNeverRead(server, 5_000);
  }, 60_000);
});
