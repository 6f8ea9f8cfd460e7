/**
 * Runs in a page: its elements that have text of their own, or are controls, in groups of which the contrast is the same.
 * Those of a group have the same tags, classes, colours, backgrounds and fonts, from the root of the document down. What
 * may lie above something else than its ancestors is in a group of its own: within a picture, a control, what is
 * positioned or moved.
 */
export function alikeTexts(): Element[][] {
  const ids = new Map<string, number>();
  const known = new Map<Element, { readonly kind: number; readonly isAlone: boolean }>();
  const groups = new Map<number | Element, Element[]>();
  for (const element of document.querySelectorAll('*')) {
    const above = (element.parentElement && known.get(element.parentElement)) ?? { kind: 0, isAlone: false };
    const style = getComputedStyle(element);
    const key = JSON.stringify([
      above.kind,
      element.tagName,
      element.getAttribute('class'),
      ...[style.color, style.backgroundColor, style.backgroundImage, style.opacity],
      ...[style.fontSize, style.fontWeight, style.textShadow, style.filter, style.mixBlendMode],
    ]);
    const kind = ids.get(key) ?? ids.size + 1;
    ids.set(key, kind);
    const isAlone =
      above.isAlone ||
      !(
        style.position === 'static' ||
        (style.position === 'relative' && style.top === '0px' && style.left === '0px')
      ) ||
      style.transform !== 'none' ||
      element.matches('svg, input, select, textarea, button');
    known.set(element, { kind, isAlone });
    const text = [...element.childNodes]
      .map(({ nodeType, nodeValue }) => (nodeType === 3 ? nodeValue : ''))
      .join('')
      .trim();
    // axe-core judges the contrast of no single character.
    if (text.length < 2 && !element.matches('input, select, textarea')) continue;
    const group = isAlone ? element : kind;
    const members = groups.get(group);
    if (members) members.push(element);
    else groups.set(group, [element]);
  }
  return [...groups.values()];
}
