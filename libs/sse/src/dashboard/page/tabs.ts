import { buttonById, byId } from './element.js';

/** Panels of which one is in sight. Each has a button, `<id>-tab`; the arrow keys go from one to the next. */
export class Tabs {
  selected: string;

  constructor(
    private readonly ids: readonly [string, ...string[]],
    private readonly changed: () => void,
  ) {
    [this.selected] = ids;
    ids.forEach((id, index) => {
      const tab = buttonById(`${id}-tab`);
      tab.addEventListener('click', () => this.select(id));
      tab.addEventListener('keydown', ({ key }) => {
        const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
        if (step === 0) return;
        this.select(ids[(index + step + ids.length) % ids.length] ?? id);
        this.focus();
      });
    });
    this.mark();
  }

  select(id: string): void {
    if (id === this.selected) return;
    this.selected = id;
    this.mark();
    this.changed();
  }

  focus(): void {
    byId(`${this.selected}-tab`).focus();
  }

  private mark(): void {
    for (const id of this.ids) {
      const isSelected = id === this.selected;
      const tab = buttonById(`${id}-tab`);
      tab.setAttribute('aria-selected', String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      byId(id).hidden = !isSelected;
    }
  }
}
