import { defineChannel } from 'nestjs-event-stream';

export interface DirectoryEvents {
  'room-opened': { room: string };
}

/** What every stream is on: which rooms there are, by its history, and who is in the chat, by its presence. */
export const directoryChannel = defineChannel('directory', { presence: true }).events<DirectoryEvents>();
