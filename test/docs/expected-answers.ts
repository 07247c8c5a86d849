/** What a route of an example answers to a visitor who may do everything, where that is not 200 or 201. */
const ANSWERS: Readonly<Record<string, { status: number; because: string }>> = {
  'docs/dashboard.md POST /sse-dashboard/close': { status: 403, because: 'only its own page may' },
  'docs/dashboard.md GET /sse-dashboard/connections/:id': { status: 404, because: '42 is no connection' },
  'docs/tickets.md GET /probe/HeaderTicketGuard': { status: 401, because: 'he brings no ticket' },
  'docs/recipes/job-progress.md GET /jobs/:id/events': { status: 404, because: '42 is no job' },
  'docs/recipes/job-progress.md GET /jobs/:id/result': { status: 404, because: '42 is no job' },
  'docs/publishing.md POST /tabs/:connection/rooms/:room': { status: 403, because: '42 is no connection of his' },
};

/** @param route such as `POST /tabs/:tab/rooms` */
export function answerTo(document: string, route: string): number {
  return ANSWERS[`${document} ${route}`]?.status ?? 200;
}

/** A visitor who is content with 200 is so with 201, 202 and 204. */
export function isMet(expected: number, status: number): boolean {
  return status === expected || (expected === 200 && [201, 202, 204].includes(status));
}
