import { visitor } from './visitor.js';

/** What page code may use without declaring it: a script of the page that it runs on. */
export const PAGE = `
  window.token = ${JSON.stringify(visitor.token)};
  window.shown = [];
  window.show = (...what) => shown.push(what);
  window.loadAgain = (...what) => shown.push(what);
  window.loadRoom = (...what) => shown.push(what);
  window.room = '42';
  window.state = document.createElement('p');
  window.input = document.createElement('input');
  window.form = document.createElement('form');
  window.signIn = () => shown.push('sign in');
  // Every EventSource, so that each can be sent what the library may send.
  window.opened = [];
  window.EventSource = class extends EventSource {
    constructor(...init) {
      super(...init);
      opened.push(this);
    }
  };
  window.source = new EventSource('/events');
`;

/** What functions are called with that page code declares. */
export const ARGUMENT = '42';

/** An event of each type that the library sends, and one of an application. */
export const EVENTS: Readonly<Record<string, object>> = {
  message: { text: 'hi', message: { id: '1', from: 'bob', text: 'hi' } },
  'sse:dropped': { count: 3, reason: 'overflow' },
  'sse:presence': { channel: 'room.42', count: 2, members: ['ann', 'bob'], joined: ['bob'] },
  'sse:closing': { reason: 'shutdown' },
  'sse:expiring': { expiresAt: 1 },
  'sse:error': { message: 'failed' },
  'sse:end': { reason: 'completed' },
};

/** Comes behind them. */
export const RESET = { reason: 'history', channels: ['room.42'] };
