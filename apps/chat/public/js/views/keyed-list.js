/**
 * Returns a function that shows items as the children of `parent`. An item that was there keeps its element, so that
 * focus and scroll position stay where they are.
 */
export function keyedList(parent, { key, create, update = () => {} }) {
  let nodes = new Map();
  return (items) => {
    const shown = new Map();
    let previous;
    items.forEach((item, index) => {
      const id = key(item);
      const node = nodes.get(id) ?? create(item);
      update(node, item, items[index - 1]);
      shown.set(id, node);
      const place = previous ? previous.nextSibling : parent.firstChild;
      if (place !== node) parent.insertBefore(node, place);
      previous = node;
    });
    for (const [id, node] of nodes) if (!shown.has(id)) node.remove();
    nodes = shown;
  };
}
