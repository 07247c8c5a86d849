/** What a client of any stream has to know, and what it may ignore. */
const LIBRARY_EVENTS = `Events of the server itself have types that begin with \`sse:\`:

- \`sse:reset\`: events were missed for good; load the state again. The stream goes on.
- \`sse:dropped\`: so many events were left out, by the policy of the server.
- \`sse:error\`: the source of the stream has failed.
- \`sse:expiring\`: the token ends soon. \`sse:closing\`: the stream ends now; come back after \`retry\`.
- \`sse:end\`: the stream has ended for good; close the EventSource.`;

/** The description of the answer, in Markdown. */
export function streamDescription(description = 'Server-sent events.', libraryEvents = true): string {
  return libraryEvents ? `${description}\n\n${LIBRARY_EVENTS}` : description;
}
