import { Injectable } from '@nestjs/common';
import { type Backlog } from './backlog.js';

@Injectable()
export class QueueDrain implements Backlog {
  waitsFor(): Promise<boolean> {
    return Promise.resolve(false);
  }

  send(): Promise<void> {
    return Promise.resolve();
  }
}
