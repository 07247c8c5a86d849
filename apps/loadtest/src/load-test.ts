import { type Command } from './command-line/command.js';
import { explainBeforehand } from './limits/explain-beforehand.js';
import { LoadEngine } from './load-engine.js';
import { type LoadReport } from './load-report.js';
import { LoadRun } from './load-run.js';
import { RunFindings } from './measuring/run-findings.js';
import { RequestTemplate } from './opening/request-template.js';
import { TokenCommand } from './opening/token-command.js';
import { TokenLines } from './opening/token-lines.js';
import { CheckedTokenSource } from './opening/token-source.js';
import { Publisher } from './publishing/publisher.js';
import { bodyReaders } from './reading/body-readers.js';
import { type LoadView } from './report/load-view.js';

/**
 * Runs one load from opening to cut, and shows it. Aborting `signal` cuts the rest short; what was measured until then is
 * judged.
 *
 * @throws {RequestError} when a URL or a header can't be sent
 * @throws {TokenError} when a command gives no token for the first stream
 */
export async function runLoadTest(command: Command, view: LoadView, signal: AbortSignal): Promise<LoadReport> {
  const tokens = tokensFor(command);
  try {
    const template = new RequestTemplate(command.request, tokens);
    const findings = new RunFindings(command.verify);
    const publisher = publisherFor(command, findings);
    for (const limit of limitsOf(command)) {
      findings.limits.push(limit);
      view.line(`Warning: ${limit}`);
    }
    await tokens?.check();
    const engine = engineFor(command, template, findings);
    return await new LoadRun(command, view, engine, findings, publisher).run(signal);
  } finally {
    tokens?.close();
  }
}

function tokensFor({ tokens, connections }: Command): CheckedTokenSource | undefined {
  if (!tokens) return undefined;
  const { from, command } = tokens;
  return new CheckedTokenSource(from === 'lines' ? new TokenLines(command, connections) : new TokenCommand(command));
}

function publisherFor({ publish }: Command, { clock, delivery }: RunFindings): Publisher | undefined {
  return publish && new Publisher(publish, clock, delivery);
}

function limitsOf({ request, connections, publish }: Command): string[] {
  const { urls, gzip } = request;
  return explainBeforehand({ urls, connections, gzip, otherSockets: publish?.concurrency ?? 0 });
}

function engineFor(command: Command, template: RequestTemplate, findings: RunFindings): LoadEngine {
  return new LoadEngine({
    url: command.request.urls[0] ?? '',
    connections: command.connections,
    interval: command.interval,
    concurrency: command.concurrency,
    patience: command.timeout * 1_000,
    reconnect: command.reconnect,
    requestFor: template.requestFor,
    counterFor: bodyReaders(findings.delivery),
    onHead: (_stream, milliseconds) => findings.opening.add(milliseconds),
    onClose: (stream, end) => (end === 'refused' ? findings.refusals.take(stream) : undefined),
  });
}
