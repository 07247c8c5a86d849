import { Chat } from './chat.js';
import { showAdmin } from './views/admin.js';
import { showAnnouncement } from './views/announcement.js';
import { showComposer } from './views/composer.js';
import { showConnection } from './views/connection.js';
import { showMessages } from './views/messages.js';
import { showPanes } from './views/panes.js';
import { showPeople } from './views/people.js';
import { showSignIn } from './views/sign-in.js';
import { showThreads } from './views/threads.js';

const chat = new Chat();
const views = [
  showSignIn,
  showConnection,
  showAnnouncement,
  showPanes,
  showThreads,
  showPeople,
  showAdmin,
  showMessages,
  showComposer,
];
for (const show of views) show(chat);
await chat.start();
