/** Of everybody who is signed in: to have an event stream. */
export const READ = 'sse:read';

/** Of those who signed in with the admin password: to kick somebody, and to tell everybody something. */
export const ADMIN = 'chat:admin';
