/** Runs in a page: what is wrong with the targets and names of its maps, in words. */
export function mapFaults(): string[] {
  const faults: string[] = [];
  const centreOf = ({ left, top, width, height }: DOMRect) => ({ x: left + width / 2, y: top + height / 2 });
  const meet = (a: DOMRect, b: DOMRect) =>
    a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
  for (const map of document.querySelectorAll('.map')) {
    const links = [...map.querySelectorAll('.p a')];
    const targets = links.map((link) => ({
      link,
      name: link.textContent,
      target: link.querySelector('.h, rect') ?? link,
    }));
    for (const { link, name, target } of targets) {
      target.scrollIntoView({ block: 'center', inline: 'center' });
      const box = target.getBoundingClientRect();
      const { x, y } = centreOf(box);
      if (document.elementFromPoint(x, y)?.closest('a') !== link) faults.push(`${name} is covered`);
      if (box.width < 23.9 || box.height < 23.9) faults.push(`${name} is ${box.width} x ${box.height}`);
    }
    const boxes = targets.map(({ name, target }) => ({
      name,
      round: target.matches('.h'),
      box: target.getBoundingClientRect(),
    }));
    for (const [at, one] of boxes.entries()) {
      for (const other of boxes.slice(at + 1)) {
        const [a, b] = [centreOf(one.box), centreOf(other.box)];
        const apart = Math.hypot(a.x - b.x, a.y - b.y);
        const close = one.round && other.round ? apart < 24 : meet(one.box, other.box);
        if (close) faults.push(`${one.name} is ${apart} from ${other.name}`);
      }
    }
    const points = [...map.querySelectorAll('.p')];
    const names = points.flatMap((point) => {
      const text = point.querySelector('text:not(.q, .letter)');
      return text ? [{ point, name: text.textContent ?? '', box: text.getBoundingClientRect() }] : [];
    });
    for (const [at, { point, name, box }] of names.entries()) {
      for (const other of names.slice(at + 1)) {
        if (meet(box, other.box)) faults.push(`the names ${name} and ${other.name} overlap`);
      }
      for (const other of points) {
        const dot = other.querySelector('circle:not(.h)')?.getBoundingClientRect();
        if (other !== point && dot && meet(box, dot)) faults.push(`the name ${name} lies on a point`);
      }
    }
  }
  return faults;
}
