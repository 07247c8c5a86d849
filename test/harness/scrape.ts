/** One line of a scrape. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** An answer in the text format of Prometheus, taken apart. Whatever is not in that format is an error. */
export class Scrape {
  readonly samples: readonly ScrapedSample[];
  /** The type of each metric, by its name. */
  readonly types: ReadonlyMap<string, string>;

  constructor(text: string) {
    const lines = text.split('\n').filter((line) => line !== '');
    this.types = new Map(
      lines.flatMap((line) => {
        const [, name, type] = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line) ?? [];
        return name !== undefined && type !== undefined ? [[name, type] as const] : [];
      }),
    );
    this.samples = lines.filter((line) => !line.startsWith('#')).map(sampleIn);
  }

  static async of(url: string, init?: RequestInit): Promise<Scrape> {
    const answer = await fetch(`${url}/metrics`, init);
    if (answer.status !== 200) throw new Error(`/metrics answered ${answer.status}: ${await answer.text()}`);
    return new Scrape(await answer.text());
  }

  /** The value of the one sample that has these labels. */
  value(name: string, labels: Record<string, string> = {}): number {
    const found = this.samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
    if (found.length !== 1) throw new Error(`${found.length} samples of ${name} with ${JSON.stringify(labels)}`);
    return found[0]!.value;
  }

  /** By how much it has grown since another scrape. */
  growth(before: Scrape, name: string, labels?: Record<string, string>): number {
    return this.value(name, labels) - before.value(name, labels);
  }
}

function sampleIn(line: string): ScrapedSample {
  const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
  if (name === '') throw new Error(`No sample: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text] as const);
  return { name, labels: Object.fromEntries(pairs), value: Number(value.replace('+Inf', 'Infinity')) };
}
