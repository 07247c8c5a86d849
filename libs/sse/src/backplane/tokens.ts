/** Injects the started backplane of this node. */
export const BACKPLANE = Symbol('sse:backplane');
