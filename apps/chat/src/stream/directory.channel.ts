import { defineChannel } from 'nestjs-event-stream';
import { type ChatUser } from '../session/chat-user.js';

export interface DirectoryEvents {
  'room-opened': { id: string; name: string };
  'room-closed': { id: string };
  'person-arrived': ChatUser;
  'person-left': { userId: string };
}

/** What everybody who is signed in hears: which rooms there are and who is here. Every stream opens on it. */
export const directoryChannel = defineChannel<DirectoryEvents>('directory');
