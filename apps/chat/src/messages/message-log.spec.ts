import { expect, it } from '@jest/globals';
import { writeMessage } from './chat-message.js';
import { MessageLog } from './message-log.js';

it('keeps the last hundred messages, in their order', () => {
  const log = new MessageLog();
  const author = { userId: '1', name: 'Ada' };
  for (let i = 0; i < 120; i += 1) log.add(writeMessage(author, String(i)));
  expect(log.recent().map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, i) => String(i + 20)));
});
