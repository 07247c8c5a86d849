/** What a chat sends. */
export interface ChatMessage {
  room: string;
  author: string;
  text: string;
  sentAt: string;
}

const AUTHORS = [
  'Ada Lovelace',
  'Alan Turing',
  'Barbara Liskov',
  'Donald Knuth',
  'Edsger Dijkstra',
  'Frances Allen',
  'Grace Hopper',
  'John Backus',
  'Katherine Johnson',
  'Margaret Hamilton',
  'Niklaus Wirth',
  'Tony Hoare',
];

/** The more often a word is used, the further to the front. */
const WORDS = (
  'the of and to in that is was it for on are as with they at be this have from or had by but some what there we can ' +
  'out other were all your when up use word how said an each she which do their time if will way about many then them ' +
  'would write like so these her long make thing see him two has look more day could go come did my no most who over ' +
  'know than call first people may down side been now find any new work part take get place made live where after back ' +
  'little only round man year came show every good me give our under deploy ticket meeting tomorrow please review ' +
  'branch release coffee lunch budget invoice customer server database screenshot design feedback weekend holiday train ' +
  'late sorry thanks great perfect exactly maybe question answer agenda minutes quarter numbers report draft version ' +
  'typo fixed merged broken again yesterday monday tuesday friday morning afternoon'
).split(' ');

const SHORTEST = 40;
const LONGEST = 110;

/**
 * The message of this number, the same in every process: who receives it knows what it must be. No two are alike, and
 * words come as often as in a language, the tenth a tenth as often as the first: compression finds here what it would
 * find in a chat, and no more.
 */
export function chatMessage(sequence: number): ChatMessage {
  const random = randomNumbers(sequence);
  const author = AUTHORS[Math.floor(random() * AUTHORS.length)] ?? '';
  const length = SHORTEST + random() * (LONGEST - SHORTEST);
  let text = '';
  while (text.length < length) text += `${WORDS[Math.floor(WORDS.length ** random()) - 1]} `;
  return { room: 'general', author, text: `${text.trimEnd()}.`, sentAt: new Date().toISOString() };
}

/** mulberry32: from 0 up to 1, always the same from the same seed. */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
