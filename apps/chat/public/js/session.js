import { get, post } from './requests.js';

/** Who this browser is signed in as; where the server has forgotten it, it signs in again with the same name. */
export async function currentSession(name) {
  try {
    return await get('/session');
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  try {
    return await post('/session', { name });
  } catch (error) {
    if (error.status !== 409) throw error;
    // The name is taken: perhaps by another tab of this very browser, which was faster.
    return get('/session');
  }
}
