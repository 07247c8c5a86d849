import { ForbiddenException } from '@nestjs/common';
import { type DashboardRequest, headerOf } from './dashboard-request.js';

/** A form can't send it, and a script of another site only where CORS allows it to. */
const ACTION_HEADER = 'x-sse-dashboard';

/**
 * Refuses what the page of another site has its visitor's browser ask for, with his cookies: also where the application
 * allows that site everything by CORS.
 *
 * @throws ForbiddenException for a request of another origin, or one that is not known to come from the page
 */
export function refuseForeignAction(request: DashboardRequest): void {
  if (headerOf(request, ACTION_HEADER) === undefined) {
    throw new ForbiddenException(`The header ${ACTION_HEADER} is missing, by which the dashboard's page is known.`);
  }
  refuseForeignPage(request);
}

/** As above, for what is only read. */
export function refuseForeignPage(request: DashboardRequest): void {
  if (isForeign(request)) {
    throw new ForbiddenException(
      'This comes from a page of another origin. If a proxy is in between, have it pass the header Host on as it is.',
    );
  }
}

function isForeign(request: DashboardRequest): boolean {
  // Browsers tell it on https and on localhost; where nobody asked by a page, as in the address bar, it is `none`.
  const site = headerOf(request, 'sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const origin = headerOf(request, 'origin');
  if (origin === undefined) return false;
  return hostOf(origin) !== (headerOf(request, 'host') ?? headerOf(request, ':authority'));
}

/** `null` is the origin of pages that have none, such as a sandboxed frame. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
