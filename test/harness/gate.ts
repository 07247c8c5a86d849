/** Something that one part of a test waits for and another one lets happen. */
export class Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
  readonly fail: (reason: Error) => void;

  constructor() {
    let open!: () => void;
    let fail!: (reason: Error) => void;
    this.opened = new Promise<void>((resolve, reject) => {
      open = resolve;
      fail = reject;
    });
    this.opened.catch(() => undefined);
    this.open = open;
    this.fail = fail;
  }
}

/** After so many microtasks. */
export async function microtasks(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await Promise.resolve();
}
