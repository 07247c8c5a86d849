import process from 'node:process';
import { chatMessage, type ChatMessage } from './chat-message.js';

/** What every contender sends: about 210 bytes on the wire with its id and event lines. */
export interface BenchEvent {
  id: string;
  type: string;
  data: ChatMessage;
}

const EPOCH = 'b7d1f0c25a9e';
let sequence = 0;

/** The time that all processes of this machine share, in ms. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** An event that says when it was published by {@link machineTime}, as long as any other. */
export function stampedEvent(): BenchEvent {
  const event = nextEvent();
  event.data.sentAt = machineTime().toFixed(6).padStart(24, '0');
  return event;
}

/** A new object each time: no contender gets to reuse the text of the last one. The first of a process is the first message. */
export function nextEvent(): BenchEvent {
  sequence++;
  return { id: `${EPOCH}-${sequence}`, type: 'message', data: chatMessage(sequence) };
}
