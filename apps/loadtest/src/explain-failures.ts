import { openFileLimit } from './limits/open-file-limit.js';

/** Files that a process has open beside its streams, with some room. */
const OTHER_FILES = 100;

/** Says beforehand that a load is too large for this process, or nothing where it fits. */
export function explainTooManyStreams(connections: number, limit = openFileLimit()): string | undefined {
  if (connections + OTHER_FILES <= limit) return undefined;
  return (
    `${connections} streams need as many open files and ${OTHER_FILES} more, and this process may have ${limit}. ` +
    `Raise the limit in the shell that starts it: ulimit -n ${connections + OTHER_FILES}`
  );
}

/** What the error codes of a load mean and how to mend it, one line for each code that needs words. */
export function explainFailures(codes: readonly string[]): string[] {
  return codes.flatMap((code) => explanations[code]?.() ?? []);
}

function untrusted(code: string): string {
  return `${code}: nobody vouches for the certificate. Trust its issuer: NODE_EXTRA_CA_CERTS=ca.pem`;
}

const explanations: Record<string, () => string> = {
  EMFILE: () =>
    `EMFILE: this process may have ${openFileLimit()} files open. Raise it in the shell that starts it: ulimit -n 65536`,
  ENFILE: () => 'ENFILE: the whole machine has no open file left. Raise it: sysctl -w fs.file-max=1000000',
  EADDRNOTAVAIL: () =>
    'EADDRNOTAVAIL: no local port is left for this address of the server. ' +
    'Widen the range: sysctl -w net.ipv4.ip_local_port_range="1024 65535"',
  ECONNREFUSED: () => 'ECONNREFUSED: nothing listens at this address, or its backlog is full',
  CLOSED: () => 'CLOSED: the server closed before the end of its answer',
  ECONNRESET: () => 'ECONNRESET: the server, or something on the way, closed without a goodbye',
  ETIMEDOUT: () => 'ETIMEDOUT: no answer to the connect. Is the backlog of the server (somaxconn) full?',
  ENOTFOUND: () => 'ENOTFOUND: no address is known for this name',
  PROTOCOL: () => 'PROTOCOL: what answers does not speak HTTP/1, or not to its end',
  TIMEOUT: () => 'TIMEOUT: the server took the connection and did not answer in time (--timeout)',
  ENCODING: () => 'ENCODING: the body is encoded by something else than gzip, or is no gzip',
  NO_TOKEN: () => 'NO_TOKEN: the command gave no token for these streams',
  REQUEST: () =>
    "REQUEST: with what {n}, {channel} or {token} became, the URL or a header of these streams can't be sent",
  DEPTH_ZERO_SELF_SIGNED_CERT: () => untrusted('DEPTH_ZERO_SELF_SIGNED_CERT'),
  SELF_SIGNED_CERT_IN_CHAIN: () => untrusted('SELF_SIGNED_CERT_IN_CHAIN'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => untrusted('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
  EPROTO: () => 'EPROTO: no TLS is spoken there: give the URL as http://',
};
