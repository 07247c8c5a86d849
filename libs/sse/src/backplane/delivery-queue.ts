import { Logger } from '@nestjs/common';
import { errorStack, errorText } from '../protocol/error-text.js';
import { type PassedMessage } from './channel-message.js';

/** A message for the node, or something else that it is to be told in its turn. */
type Delivery = PassedMessage | (() => void);

/**
 * Hands things to the node one after the other. What is published while an event is being delivered, by somebody who saw a
 * connection end on it, comes after it: else the listeners behind that connection would get the two in the wrong order.
 */
export class DeliveryQueue {
  private readonly logger = new Logger('SseBackplane');
  private readonly waiting: Delivery[] = [];
  private isDelivering = false;

  constructor(private readonly deliver: (message: PassedMessage) => void) {}

  add(delivery: Delivery): void {
    if (this.isDelivering) {
      this.waiting.push(delivery);
      return;
    }
    this.isDelivering = true;
    this.handOver(delivery);
    for (let index = 0; index < this.waiting.length; index++) {
      const next = this.waiting[index];
      if (next) this.handOver(next);
    }
    this.waiting.length = 0;
    this.isDelivering = false;
  }

  private handOver(delivery: Delivery): void {
    try {
      if (typeof delivery === 'function') delivery();
      else this.deliver(delivery);
    } catch (error) {
      // Whoever published it is not to blame, and those who wait behind it are not to wait for ever.
      const what = typeof delivery === 'function' ? 'a change of presence' : `an event of ${delivery.channel}`;
      this.logger.error(`Delivering ${what} failed: ${errorText(error)}`, errorStack(error));
    }
  }
}
