import { byId, setText } from './element.js';
import { clock } from './format.js';
import { type LinkState } from './live-stream.js';

const NAMES: Readonly<Record<LinkState, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  asking: 'Asking',
  away: 'Disconnected',
  refused: 'Refused',
};

/** Says whether what is shown is what is. */
export class Link {
  private heardAt = Date.now();

  heard(): void {
    this.heardAt = Date.now();
  }

  show(state: LinkState): void {
    document.body.dataset.link = state;
    setText(byId('link'), NAMES[state]);
    const notice = byId('link-notice');
    notice.hidden = state === 'live' || state === 'connecting';
    setText(notice, this.explanation(state));
  }

  private explanation(state: LinkState): string {
    const since = `What you see is from ${clock(this.heardAt)}.`;
    if (state === 'away') return `The server does not answer. ${since} The page goes on by itself.`;
    if (state === 'refused') return `You are not allowed to see this, or not any more: sign in again. ${since}`;
    if (state === 'asking')
      return 'The server has no stream for this page at the moment: it is asked every two seconds.';
    return '';
  }
}
