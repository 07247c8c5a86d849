import { describe, expect, it } from '@jest/globals';
import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import OpenAI, { type APIError } from 'openai';
import { ODD_TOKENS } from './fixture/scripted-model.js';
import { ONE_OF_EACH_NEST } from './harness/matrix.js';
import { unique, useServer } from './harness/use-server.js';

/** What a client of a language model makes of an answer. */
interface Answer {
  text: string;
  error?: unknown;
}

interface Asking {
  model: string;
  key?: string;
  /** Told of each piece of text. */
  heard?: (text: string) => unknown;
  signal?: AbortSignal;
}

const INTERRUPTED = 'The stream ended before it was complete.';
const WHOLE = ODD_TOKENS.join('');
const RESPONSE_EVENTS = ['response.created', 'response.output_text.delta', 'response.completed'];
/** What a model does wrong, and what the log says of it. */
const FAILURES = [
  ['fails', 'the password is hunter2'],
  ['throwsText', 'the password is hunter2'],
  ['yieldsNothing', 'yielded undefined'],
  ['yieldsNumber', 'yielded number'],
  ['yieldsCycle', "can't be serialised"],
  ['yieldsTooMuch', 'over the maximum of 262144'],
] as const;

// B3, B4, B5, with the packages that applications use.
describe.each(ONE_OF_EACH_NEST)('a language model ($name)', (target) => {
  const server = useServer(target, { languageModels: true });

  function openai(path = '/openai'): OpenAI {
    return new OpenAI({ baseURL: `${server.url}${path}`, apiKey: 'none', maxRetries: 0 });
  }

  function completion(model: string, user?: string, signal?: AbortSignal) {
    const body = { model, user, stream: true, messages: [{ role: 'user', content: 'Hi' }] } as const;
    return openai().chat.completions.create({ ...body, messages: [...body.messages] }, { signal });
  }

  function uiMessages(
    model: string,
    user?: string,
    abortSignal?: AbortSignal,
  ): Promise<ReadableStream<UIMessageChunk>> {
    const transport = new DefaultChatTransport({ api: `${server.url}/chat`, body: { model, user } });
    const messages: UIMessage[] = [{ id: '1', role: 'user', parts: [{ type: 'text', text: 'Hi' }] }];
    return transport.sendMessages({
      trigger: 'submit-message',
      chatId: 'c',
      messageId: undefined,
      messages,
      abortSignal,
    });
  }

  async function isBlocked(): Promise<boolean> {
    const [connection] = (await server.call('connections')) as { stats: { blocked: boolean } }[];
    return connection?.stats.blocked ?? false;
  }

  /** The bytes that go over the wire. */
  async function wire(path: string, model: string): Promise<{ response: Response; body: string }> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url + path, { method: 'POST', headers, body: JSON.stringify({ model }) });
    return { response, body: await response.text() };
  }

  const CLIENTS = [
    {
      client: 'openai',
      path: '/openai/chat/completions',
      ask: async ({ model, key, heard, signal }: Asking): Promise<Answer> => {
        const answer: Answer = { text: '' };
        try {
          for await (const chunk of await completion(model, key, signal)) {
            const text = chunk.choices[0]?.delta.content ?? '';
            answer.text += text;
            await heard?.(text);
          }
        } catch (error) {
          answer.error = error;
        }
        return answer;
      },
    },
    {
      client: 'ai',
      path: '/chat',
      ask: async ({ model, key, heard, signal }: Asking): Promise<Answer> => {
        const answer: Answer = { text: '' };
        try {
          const stream = await uiMessages(model, key, signal);
          const onError = (error: unknown) => (answer.error = error);
          for await (const message of readUIMessageStream({ stream, onError })) {
            const text = textOf(message);
            await heard?.(text.slice(answer.text.length));
            answer.text = text;
          }
        } catch (error) {
          answer.error = error;
        }
        return answer;
      },
    },
  ];

  describe.each(CLIENTS)('asked by the package $client', ({ path, ask }) => {
    it('answers with its tokens, whatever is in them', async () => {
      expect(await ask({ model: 'tokens' })).toEqual({ text: WHOLE });
    });

    it('answers with bytes that were cut anywhere', async () => {
      expect(await ask({ model: 'bytes' })).toEqual({ text: 'a💡b' });
    });

    it('says nothing on the wire that is not of the protocol, and [DONE] once', async () => {
      const { response, body } = await wire(path, 'tokens');

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      expect(body).toMatch(/^: \n\n(data: \{[^\r\n]*\}\n\n)+data: \[DONE\]\n\n$/);
    });

    it('may send comments, and say itself that it is done', async () => {
      expect(await ask({ model: 'comments' })).toEqual({ text: 'beforeafter' });
      expect(await ask({ model: 'twiceDone' })).toEqual({ text: 'x' });
    });

    it('sends heartbeats while it thinks, which the client takes no notice of', async () => {
      const key = unique();
      const { sent } = await server.call('heartbeats');
      const heard = async (text: string) => {
        if (text !== 'token 1 ') return;
        while ((await server.call('heartbeats')).sent < sent + 2) await server.call('settle');
        await server.call('release', key);
      };

      expect(await ask({ model: 'thinksOnce', key, heard })).toEqual({ text: 'token 1 token 2 ' });
    });

    it.each(FAILURES)('tells of a failure in the words of the protocol, and nothing of why: %s', async (model, why) => {
      const { text, error } = await ask({ model });

      expect(text).toBe('before');
      expect((error as Error).message).toBe(INTERRUPTED);
      await server.printed(why);
      expect((await wire(path, model)).body).not.toMatch(/hunter2|\[DONE\]/);
    });

    it.each(['kicked', 'max-age', 'shutdown', 'expired'] as const)(
      'does not pass for complete when its stream ends early: %s',
      async (reason) => {
        const key = unique();
        const heard = async () => {
          const { detail } = await server.noted('asked', key);
          await server.call('close', detail as string, reason);
        };

        const { error } = await ask({ model: 'waitsForTokens', key, heard });

        expect((error as Error).message).toBe(INTERRUPTED);
      },
    );

    it('is aborted, and left, in the very tick in which the server notices that the client is gone', async () => {
      const key = unique();
      const abort = new AbortController();
      const heard = async () => {
        await server.noted('pulled', key, 3);
        abort.abort();
      };

      await ask({ model: 'waitsForTokens', key, heard, signal: abort.signal });

      expect((await server.noted('aborted', key)).detail).toEqual({ inTick: true });
      expect((await server.noted('left', key)).detail).toEqual({ inTick: true });
      expect(server.notesOf(key, 'pulled')).toHaveLength(3);
    });

    it('is asked for no further token after that, though it does not look at its signal', async () => {
      const key = unique();
      const abort = new AbortController();

      await ask({ model: 'ignoresItsSignal', key, heard: (text) => text && abort.abort(), signal: abort.signal });
      await server.idle();
      await server.call('release', key);
      await server.noted('left', key);

      expect(server.notesOf(key, 'pulled')).toHaveLength(1 + 1);
    });
  });

  it('waits for a client that reads slowly, which gets every token in order', async () => {
    const key = unique();
    const numbers: number[] = [];
    let pulled: number | undefined;

    for await (const { choices } of await completion('large', key)) {
      const text = choices[0]?.delta.content;
      if (text) numbers.push(parseInt(text));
      if (pulled !== undefined) continue;
      while (!(await isBlocked())) await server.call('settle');
      pulled = server.notesOf(key, 'pulled').length;
    }

    expect(pulled).toBeLessThan(500);
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, n) => n));
  });

  describe('of an endpoint like those of OpenAI', () => {
    it.each(['chunks', 'observable'])('passes on the chunks that it is given: %s', async (model) => {
      const chunks = [];
      for await (const chunk of await completion(model)) chunks.push(chunk);

      expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Hel', 'lo', undefined, undefined]);
      expect(chunks).toMatchObject([{}, {}, { choices: [{ finish_reason: 'stop' }] }, { usage: { total_tokens: 3 } }]);
    });

    it('makes one completion of its tokens, which ends for a reason', async () => {
      const stream = openai().chat.completions.stream({ model: 'tokens', messages: [] });

      const { id, choices } = await stream.finalChatCompletion();

      expect(id).toMatch(/^chatcmpl-/);
      expect(choices).toMatchObject([{ finish_reason: 'stop', message: { role: 'assistant', content: WHOLE } }]);
    });

    it('has the events of the Responses API, with their types', async () => {
      const events = [];
      for await (const event of await openai().responses.create({ model: 'any', input: 'Hi', stream: true })) {
        events.push(event);
      }
      const { body } = await wire('/openai/responses', 'any');

      expect(events.map(({ type }) => type)).toEqual(RESPONSE_EVENTS);
      expect(events[1]).toMatchObject({ delta: 'Hi\r\n' });
      expect([...body.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)).toEqual(RESPONSE_EVENTS);
      expect(body).not.toContain('[DONE]');
    });

    it('is left when the client breaks out of its loop', async () => {
      const key = unique();

      for await (const chunk of await completion('waitsForTokens', key)) {
        await server.noted('pulled', key, 3);
        if (chunk.choices.length) break;
      }

      expect((await server.noted('left', key)).detail).toEqual({ inTick: true });
    });

    it.each([
      ['expensive', { status: 402, code: 'no_money' }],
      ['unknown', { status: 404 }],
    ])('fails with its real status before it begins: %s', async (model, error) => {
      await expect(completion(model)).rejects.toMatchObject(error);
    });

    it('refuses who is too many with a status, and says when to come back', async () => {
      const body = { model: 'any', messages: [], stream: true } as const;
      const { completions } = openai('/openai/limited').chat;
      const first = await completions.create({ ...body, messages: [] });

      const error = await completions.create({ ...body, messages: [] }).catch((thrown: unknown) => thrown as APIError);
      first.controller.abort();

      expect(error).toMatchObject({ status: 503 });
      expect((error as APIError).headers?.get('retry-after')).toBe('1');
    });
  });

  describe('of an endpoint for useChat()', () => {
    async function lastOf(stream: ReadableStream<UIMessageChunk>): Promise<UIMessage | undefined> {
      let last: UIMessage | undefined;
      for await (const message of readUIMessageStream({ stream })) last = message;
      return last;
    }

    it('passes on chunks, also those that look like events, and makes parts of the text between them', async () => {
      expect(await lastOf(await uiMessages('chunks'))).toMatchObject({
        id: 'msg-7',
        parts: [
          { type: 'data-weather', id: 'w1', data: { sky: 'blue' } },
          { type: 'text', text: 'Hello', state: 'done' },
          { type: 'source-url', sourceId: 's1' },
          { type: 'text', text: 'bye', state: 'done' },
        ],
      });
    });

    it('streams what the real streamText() makes', async () => {
      const message = await lastOf(await uiMessages('streamText'));

      expect(message?.parts).toMatchObject([{ type: 'step-start' }, { type: 'text', text: 'Hello, world' }]);
    });

    it('says which protocol it speaks, though not of a refusal', async () => {
      const [answer, refusal] = [await wire('/chat', 'tokens'), await wire('/chat', 'unknown')];

      expect(answer.response.headers.get('x-vercel-ai-ui-message-stream')).toBe('v1');
      expect(answer.response.headers.get('content-encoding')).toBeNull();
      expect(refusal.response.headers.get('x-vercel-ai-ui-message-stream')).toBeNull();
      expect(refusal.response.status).toBe(404);
    });

    it('fails with what the refusal says before it begins', async () => {
      await expect(uiMessages('expensive')).rejects.toThrow('No money');
    });

    it('does not send chunks of another protocol', async () => {
      expect((await wire('/chat', 'typeless')).body).not.toContain('another protocol');
      await server.printed('without a type');
    });

    it('takes options of its own in place of those of the preset', async () => {
      const response = await fetch(`${server.url}/chat/plain`);

      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(await response.text()).not.toMatch(/data: \[DONE\]|^id:/m);
    });
  });
});

function textOf({ parts }: UIMessage): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
