import { request } from 'node:http';
import { type PublishRequest } from '../node/settings.js';
import { type Link } from './link.js';

/** A node that stands still answers no more; what became of the call is unknown then. */
const PATIENCE = 1_500;

/** What the application said: the id, none for an ephemeral event; or why it is not known what became of it. */
export type PublishAnswer =
  { readonly isAccepted: true; readonly id?: string } | { readonly isAccepted: false; readonly reason: string };

/** Asks a node to publish. Whatever fails, the event may have been published all the same. */
export function publishOver(link: Link, body: PublishRequest): Promise<PublishAnswer> {
  return new Promise((resolve) => {
    const unknown = (reason: string): void => resolve({ isAccepted: false, reason });
    const call = request({
      port: link.port,
      host: '127.0.0.1',
      path: '/publish',
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      agent: false,
      signal: AbortSignal.timeout(PATIENCE),
    });
    call.on('error', (error) => unknown(error.message));
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('error', (error) => unknown(error.message));
      response.on('end', () => {
        if (response.statusCode === 201) resolve({ isAccepted: true, ...(JSON.parse(text) as { id?: string }) });
        else unknown(text);
      });
    });
    call.end(JSON.stringify(body));
  });
}
