import { Chat } from './chat.js';
import { showComposer } from './views/composer.js';
import { showConnection } from './views/connection.js';
import { showMessages } from './views/messages.js';
import { showPanes } from './views/panes.js';
import { showPeople } from './views/people.js';
import { showSignIn } from './views/sign-in.js';
import { showThreads } from './views/threads.js';

const chat = new Chat();
for (const show of [showSignIn, showConnection, showPanes, showThreads, showPeople, showMessages, showComposer]) {
  show(chat);
}
await chat.start();
