import { get, post } from './requests.js';

/** Who this browser is signed in as; where the session is over, it signs in again with the same name. */
export async function currentSession(name) {
  try {
    return await get('/session');
  } catch (error) {
    if (error.status !== 401) throw error;
    return post('/session', { name });
  }
}
