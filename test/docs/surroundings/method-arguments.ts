import { message, payload } from './readers-own.js';
import { visitor } from './visitor.js';

/** What a method is called with that nothing but the test calls, by the names of its parameters, or else their types. */
export const methodArguments: Readonly<Record<string, unknown>> = {
  DeadLetterInfo: { id: '1-1', reason: 'attempts', attempts: 5 },
  event: { type: 'invoice', data: '{"id":7}' },
  message,
  name: 'Ann',
  order: { id: 7, userId: 'ann' },
  payload,
  room: '42',
  signal: new AbortController().signal,
  text: 'hi',
  user: visitor.user,
  userId: 'ann',
};
