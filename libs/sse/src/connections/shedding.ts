/** The lever on all queues of the process: what they leave out while it can't keep up. */
export class Shedding {
  /** No event of low priority is taken. */
  lowPriority = false;
}
