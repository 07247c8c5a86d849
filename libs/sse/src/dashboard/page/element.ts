/**
 * An element with attributes and children. A text stays a text whatever is in it: nothing that anybody wrote, such as the
 * name of a user, is ever parsed as HTML.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** An element of `index.html`. */
export function byId(id: string): HTMLElement {
  const node = document.getElementById(id);
  if (!node) throw new Error(`The page has no element #${id}`);
  return node;
}

/** A button of `index.html`. */
export function buttonById(id: string): HTMLButtonElement {
  return byId(id) as HTMLButtonElement;
}

/** Writes a text only where it has changed: what did not is not laid out again, nor read out. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
