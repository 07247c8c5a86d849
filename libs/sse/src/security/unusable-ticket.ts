/** A ticket that is not good for what it was shown for. The message is for the log: the client is not told why. */
export class UnusableTicket extends Error {}
